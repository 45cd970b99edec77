namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What goes wrong.</summary>
internal enum FaultKind
{
    /// <summary>Produce requests are not served and their connection is cut.</summary>
    CutBefore,

    /// <summary>Produce requests are served and their connection is cut instead of an answer.</summary>
    CutAfter,

    /// <summary>Produce requests are served, but no answer comes on that connection any more.</summary>
    Drop,

    /// <summary>Produce requests are never served, nor what comes behind them.</summary>
    Hang,

    /// <summary>Produce requests are answered with an error, and nothing is appended.</summary>
    Fail,

    /// <summary>Produce requests are served, but answered with an error.</summary>
    FailAppended,

    /// <summary>Produce requests are served late.</summary>
    DelayBefore,

    /// <summary>Produce requests are answered late.</summary>
    DelayAfter,

    /// <summary>Produce requests are answered with a throttle time.</summary>
    Throttle,

    /// <summary>Metadata requests get an error for the topic.</summary>
    FailMetadata,

    /// <summary>Metadata requests get no answer, and their connection is cut.</summary>
    CutMetadata,

    /// <summary>InitProducerId requests get an error.</summary>
    FailProducerId,

    /// <summary>A broker stops, nobody takes over its partitions, and it comes back.</summary>
    Restart,

    /// <summary>A broker stops, others take over its partitions, and it comes back.</summary>
    Failover,

    /// <summary>A broker reads and does not answer for a while.</summary>
    Mute,

    /// <summary>All connections of a broker are cut.</summary>
    CutAll,

    /// <summary>Another broker leads the partition from now on.</summary>
    Move,

    /// <summary>Nobody leads the partition for a while.</summary>
    Leaderless,

    /// <summary>Connects to a broker are refused for a while; open connections stay.</summary>
    Refuse,

    /// <summary>Open connections to a broker swallow all bytes from now on.</summary>
    Swallow,
}
