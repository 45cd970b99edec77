namespace Rx.Kafka;

/// <content>Presets: copies with a few options set together; what they do not name stays as it is, and the last one called wins.</content>
public sealed partial record KafkaProducerOptions
{
    private const int ThroughputBatch = 256 * 1024;
    private const long ThroughputMemory = 64 * 1024 * 1024;
    private static readonly TimeSpan OutageSurvived = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A copy for the least delay of each record: <see cref="Linger"/> zero. It costs CPU, here and on the brokers, for records that come
    /// one by one make a request each. Acknowledgements stay what they are.
    /// </summary>
    public KafkaProducerOptions ForLatency() => this with { Linger = TimeSpan.Zero };

    /// <summary>
    /// A copy for most records a second at least CPU: <see cref="BatchSize"/> 256 KiB, <see cref="Linger"/> 20 ms, <see
    /// cref="BufferMemory"/> and <see cref="MaxRequestSize"/> at least 64 MiB and 256 KiB. It costs up to 20 ms for a record that comes
    /// alone, and memory. Compression stays what it is; where the network is the bound, choose one.
    /// </summary>
    public KafkaProducerOptions ForThroughput() => this with
    {
        BatchSize = ThroughputBatch,
        Linger = TimeSpan.FromMilliseconds(20),
        MaxRequestSize = Math.Max(MaxRequestSize, ThroughputBatch),
        BufferMemory = Math.Max(BufferMemory, ThroughputMemory),
    };

    /// <summary>
    /// A copy for records that must arrive: <see cref="RequiredAcks"/> All, <see cref="EnableIdempotence"/> demanded, <see cref="Retries"/>
    /// unbounded, <see cref="MaxInFlightRequestsPerConnection"/> at most 5, <see cref="DeliveryTimeout"/> and <see cref="MaxBlock"/> 10
    /// min, <see cref="AllowAutoCreateTopics"/> false. So an outage of some minutes fails no record, and none goes to a misspelt topic of
    /// one replica. It costs no speed, for most of it is the default; sources wait longer when brokers are away. How many replicas All
    /// means is the topic's <c>min.insync.replicas</c>: set it to 2 of 3.
    /// </summary>
    public KafkaProducerOptions ForDurability() => this with
    {
        RequiredAcks = RequiredAcks.All,
        EnableIdempotence = true,
        Retries = int.MaxValue,
        MaxInFlightRequestsPerConnection = Math.Min(MaxInFlightRequestsPerConnection, 5),
        DeliveryTimeout = OutageSurvived,
        MaxBlock = OutageSurvived,
        AllowAutoCreateTopics = false,
    };

    /// <summary>
    /// A copy that puts each key into the partition where librdkafka, and so Confluent.Kafka, puts it by default: <see cref="Partitioner"/>
    /// is <see cref="Partitioners.ConsistentRandom"/>. Nothing else changes; docs/migrating-from-confluent.md lists what else differs.
    /// </summary>
    public KafkaProducerOptions LibrdkafkaCompatible() => this with { Partitioner = Partitioners.ConsistentRandom };
}
