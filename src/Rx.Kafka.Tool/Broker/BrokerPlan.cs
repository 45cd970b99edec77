namespace Rx.Kafka.Tool.Broker;

/// <summary>What the command line asks <c>broker</c> to do.</summary>
internal sealed record BrokerPlan
{
    /// <summary>Of the first broker, the next ones follow; 0 = the system's choice.</summary>
    public required int Port { get; init; }

    /// <summary>How many.</summary>
    public required int Brokers { get; init; }

    /// <summary>Topics to begin with.</summary>
    public IReadOnlyList<(string Name, int Partitions)> Topics { get; init; } = [];

    /// <summary>Partitions of topics that clients ask for.</summary>
    public required int DefaultPartitions { get; init; }

    /// <summary>What the log of a partition keeps, in bytes.</summary>
    public required long LogBytes { get; init; }

    /// <summary>Whether the end of standard input ends the brokers, and not a signal.</summary>
    public bool UntilInputEnds { get; init; }
}
