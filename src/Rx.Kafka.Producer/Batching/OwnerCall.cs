namespace Rx.Kafka.Batching;

/// <summary>What a partition has to tell its owner once its gate is open again.</summary>
[Flags]
internal enum OwnerCall
{
    None = 0,

    /// <summary>The oldest open batch is another one: the timer is all that needs a look.</summary>
    Opened = 1,

    /// <summary>There is something to send; covers the other.</summary>
    Wake = 2,
}
