namespace Rx.Kafka.Protocol;

/// <summary>What a Produce answer's code proves about that attempt's records.</summary>
internal enum Appended
{
    /// <summary>Nothing: they may be on the log.</summary>
    Unclear,

    /// <summary>They are on the log.</summary>
    Yes,

    /// <summary>They were refused before the append.</summary>
    No,
}
