namespace Rx.Kafka.Testing;

/// <summary>How embedded brokers behave. Read when they start.</summary>
public sealed record EmbeddedKafkaOptions
{
    /// <summary>Whether a Metadata request may create a topic (<c>auto.create.topics.enable</c>). Default: true.</summary>
    public bool AutoCreateTopics { get; init; } = true;

    /// <summary>Whether the request that creates a topic is answered LEADER_NOT_AVAILABLE (5), as Kafka does, and only the next one with its partitions. Default: true.</summary>
    public bool NewTopicsHaveNoLeaderYet { get; init; } = true;

    /// <summary>Partitions of a topic created on demand (<c>num.partitions</c>). Default: 1.</summary>
    public int DefaultPartitions { get; init; } = 1;

    /// <summary>The largest batch taken, in bytes as sent (<c>message.max.bytes</c>). Default: 1048588.</summary>
    public int MaxMessageBytes { get; init; } = 1_048_588;

    /// <summary>How many bytes a partition's log keeps; the oldest batches beyond are dropped, so that any amount streams through constant memory. 0 keeps nothing. Default: 256 MiB.</summary>
    public long LogBytesPerPartition { get; init; } = 256L << 20;

    /// <summary>What the brokers advertise, by API; remove one to hide it. Served are Produce 3-12, Fetch 4-12, ListOffsets 1-7, Metadata 0-13, FindCoordinator 0-4, ApiVersions 0-4, InitProducerId 0-5; another version closes the connection.</summary>
    public IDictionary<ApiKey, ApiRange> Apis { get; init; } = Wire.Apis.Defaults();

    /// <summary>How an ApiVersions request of too high a version is answered. Default: as Kafka 2.4 and newer.</summary>
    public ApiVersionsFallback ApiVersionsFallback { get; init; }

    /// <summary>
    /// How long a partition remembers a producer that appends nothing (<c>producer.id.expiration.ms</c>); it then takes any first sequence number from it. Kafka's own default is a day. Default: for ever.
    /// </summary>
    public TimeSpan ProducerIdExpiration { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether a producer that the partition does not know is answered UNKNOWN_PRODUCER_ID (59) unless it begins with sequence number 0, as by brokers before Kafka 2.5. Default: false.</summary>
    public bool RefusesUnknownProducers { get; init; }

    /// <summary>The cluster's id. Default: a fixed one.</summary>
    public string ClusterId { get; init; } = "embedded-kafka-cluster";

    internal bool ClosesOn(Wire.RequestHeader request) =>
        ApiVersionsFallback == ApiVersionsFallback.ClosesConnection && !Knows(request.Key, request.Version);

    internal bool Knows(ApiKey key, short version) => Apis.TryGetValue(key, out var range) && range.Contains(version) && Wire.Apis.Serves(key, version);
}
