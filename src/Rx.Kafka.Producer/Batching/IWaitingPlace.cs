namespace Rx.Kafka.Batching;

/// <summary>Where a caller stands in line: a partition, or a topic.</summary>
internal interface IWaitingPlace
{
    /// <summary>Takes a caller out of the line; who does so ends it. False when it is placed, or ended by somebody else.</summary>
    bool TryLeave(Waiter waiter);
}
