namespace Rx.Kafka.Testing;

/// <summary>How a topic of the embedded brokers behaves.</summary>
public sealed record TopicOptions
{
    /// <summary>How many partitions. Default: 1.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>Whether the broker stamps records with the time of append (<c>message.timestamp.type=LogAppendTime</c>). Default: false.</summary>
    public bool LogAppendTime { get; init; }

    /// <summary>Whether records without a key are refused (<c>cleanup.policy=compact</c>); nothing is compacted. Default: false.</summary>
    public bool Compacted { get; init; }

    /// <summary>The largest batch of this topic, in bytes as sent (<c>max.message.bytes</c>); null = the brokers' limit.</summary>
    public int? MaxMessageBytes { get; init; }
}
