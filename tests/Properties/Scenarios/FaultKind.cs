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

    /// <summary>Produce requests are served, but answered with an error and the base offset.</summary>
    FailWithOffset,

    /// <summary>Produce requests are served twice.</summary>
    ServeTwice,

    /// <summary>The connection is cut, and the Produce request served later all the same: one that was sent again meanwhile comes first.</summary>
    ServeAfterCut,

    /// <summary>Produce requests are answered one byte at a time.</summary>
    Trickle,

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

    /// <summary>Connects to a broker never end for a while; open connections stay.</summary>
    HangConnects,

    /// <summary>Open connections to a broker swallow all bytes from now on.</summary>
    Swallow,

    /// <summary>Open connections to a broker swallow what is sent to it from now on.</summary>
    SwallowRequests,

    /// <summary>Open connections to a broker swallow what it answers from now on.</summary>
    SwallowAnswers,

    /// <summary>A broker stops and comes back at another address. The first broker stays where it is, so that somebody is left who knows.</summary>
    Readdress,

    /// <summary>The topic takes only small batches for a while, also of those that it has.</summary>
    LimitMessages,

    /// <summary>All clocks leap, and what was due meanwhile is late.</summary>
    Leap,

    /// <summary>The topic is deleted, and made anew after a while.</summary>
    Recreate,

    /// <summary>All brokers are replaced by those of another cluster, at the same addresses.</summary>
    Exchange,
}
