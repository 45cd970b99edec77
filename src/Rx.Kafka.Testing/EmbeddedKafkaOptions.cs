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

    /// <summary>
    /// The largest batch taken, in bytes as sent (<c>message.max.bytes</c>). Default: 1048588. A compressed one that inflates to more than this and more than 64 MiB is refused as
    /// CORRUPT_MESSAGE (2).
    /// </summary>
    public int MaxMessageBytes { get; init; } = 1_048_588;

    /// <summary>How many bytes a partition's log keeps; the oldest batches beyond are dropped, so that any amount streams through constant memory. 0 keeps nothing. Default: 256 MiB.</summary>
    public long LogBytesPerPartition { get; init; } = 256L << 20;

    /// <summary>
    /// What the brokers advertise, by API; remove one to hide it. Served are Produce 3-13, Fetch 4-12, ListOffsets 1-7, Metadata 0-13, OffsetCommit 2-8, OffsetFetch 1-8, FindCoordinator 0-4, JoinGroup 0-9,
    /// Heartbeat 0-4, LeaveGroup 0-5, SyncGroup 0-5, SaslHandshake 0-1, ApiVersions 0-4, InitProducerId 0-5, SaslAuthenticate 0-2; another version closes the connection.
    /// </summary>
    public IDictionary<ApiKey, ApiRange> Apis { get; init; } = Wire.Apis.Defaults();

    /// <summary>How an ApiVersions request of too high a version is answered. Default: as Kafka 2.4 and newer.</summary>
    public ApiVersionsFallback ApiVersionsFallback { get; init; }

    /// <summary>
    /// How long a partition remembers a producer that appends nothing (<c>producer.id.expiration.ms</c>); it then takes any first sequence number from it. Kafka's own default is a day. Default: for ever.
    /// </summary>
    public TimeSpan ProducerIdExpiration { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether a producer that the partition does not know is answered UNKNOWN_PRODUCER_ID (59) unless it begins with sequence number 0, as by brokers before Kafka 2.5. Default: false.</summary>
    public bool RefusesUnknownProducers { get; init; }

    /// <summary>
    /// The shortest session timeout that a member of a group may ask for (<c>group.min.session.timeout.ms</c>), more than 0; a shorter one is answered INVALID_SESSION_TIMEOUT (26), as is one of more
    /// than half an hour. Lower it where a test waits for a consumer to be given up. Default: 6 s, as Kafka's.
    /// </summary>
    public TimeSpan GroupMinSessionTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>The brokers' racks (<c>broker.rack</c>), that of broker 1 first; brokers beyond the list have none. Default: empty.</summary>
    public IReadOnlyList<string> Racks { get; init; } = [];

    /// <summary>The ports on which brokers on sockets listen, that of broker 1 first; 0, and brokers beyond the list, take one of the system's choice. Default: empty.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>With which certificates brokers on sockets speak TLS. Default null: plain text.</summary>
    public EmbeddedTlsOptions? Tls { get; init; }

    /// <summary>Who may use the brokers, by SASL. Default null: anybody.</summary>
    public EmbeddedSaslOptions? Sasl { get; init; }

    /// <summary>Which metrics the brokers ask of their clients (KIP-714); <see cref="EmbeddedKafka.Telemetry"/> has what was pushed, and may ask for others later. Default null: they offer neither GetTelemetrySubscriptions nor PushTelemetry, as Kafka without such a plugin.</summary>
    public EmbeddedTelemetryOptions? Telemetry { get; init; }

    /// <summary>The cluster's id. Default: a fixed one.</summary>
    public string ClusterId { get; init; } = "embedded-kafka-cluster";

    /// <summary>What is offered: <see cref="Apis"/>, and what else belongs to options.</summary>
    internal IDictionary<ApiKey, ApiRange> Advertised => Telemetry is null ? Apis : WithTelemetry(Apis);

    internal string? RackOf(int broker) => broker <= Racks.Count ? Racks[broker - 1] : null;

    internal int PortOf(int broker) => broker <= Ports.Count ? Ports[broker - 1] : 0;

    internal bool ClosesOn(Wire.RequestHeader request) =>
        ApiVersionsFallback == ApiVersionsFallback.ClosesConnection && !Knows(request.Key, request.Version);

    internal bool Knows(ApiKey key, short version) => Advertised.TryGetValue(key, out var range) && range.Contains(version) && Wire.Apis.Serves(key, version);

    private static SortedDictionary<ApiKey, ApiRange> WithTelemetry(IDictionary<ApiKey, ApiRange> apis) => new(apis)
    {
        [ApiKey.GetTelemetrySubscriptions] = new(0, 0),
        [ApiKey.PushTelemetry] = new(0, 0),
    };
}
