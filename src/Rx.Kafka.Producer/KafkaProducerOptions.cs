namespace Rx.Kafka;

/// <summary>The settings of a <see cref="KafkaProducer"/>. The constructor validates and copies them; later changes do nothing.</summary>
public sealed record KafkaProducerOptions
{
    /// <summary>bootstrap.servers</summary>
    public IList<string> BootstrapServers { get; set; } = [];
    /// <summary>client.id; null = rx-kafka-N</summary>
    public string? ClientId { get; set; }
    /// <summary>acks</summary>
    public RequiredAcks RequiredAcks { get; set; } = RequiredAcks.All;
    /// <summary>enable.idempotence; null = on unless another option forbids it</summary>
    public bool? EnableIdempotence { get; set; }
    /// <summary>compression.type</summary>
    public Compression Compression { get; set; }
    /// <summary>batch.size</summary>
    public int BatchSize { get; set; } = 16384;
    /// <summary>linger.ms</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);
    /// <summary>max.request.size</summary>
    public int MaxRequestSize { get; set; } = 1048576;
    /// <summary>max.in.flight.requests.per.connection</summary>
    public int MaxInFlightRequestsPerConnection { get; set; } = 5;
    /// <summary>buffer.memory</summary>
    public long BufferMemory { get; set; } = 32 * 1024 * 1024;
    /// <summary>outcomes decided but not yet observed</summary>
    public int MaxUnobservedDeliveries { get; set; } = 10_000;
    /// <summary>max.block.ms</summary>
    public TimeSpan MaxBlock { get; set; } = TimeSpan.FromSeconds(60);
    /// <summary>retries</summary>
    public int Retries { get; set; } = int.MaxValue;
    /// <summary>retry.backoff.ms</summary>
    public TimeSpan RetryBackoff { get; set; } = TimeSpan.FromMilliseconds(100);
    /// <summary>retry.backoff.max.ms</summary>
    public TimeSpan RetryBackoffMax { get; set; } = TimeSpan.FromSeconds(1);
    /// <summary>reconnect.backoff.ms</summary>
    public TimeSpan ReconnectBackoff { get; set; } = TimeSpan.FromMilliseconds(50);
    /// <summary>reconnect.backoff.max.ms; null = Java's rule</summary>
    public TimeSpan? ReconnectBackoffMax { get; set; }
    /// <summary>request.timeout.ms</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);
    /// <summary>delivery.timeout.ms; null = Java's rule</summary>
    public TimeSpan? DeliveryTimeout { get; set; }
    /// <summary>socket.connection.setup.timeout.ms</summary>
    public TimeSpan ConnectionSetupTimeout { get; set; } = TimeSpan.FromSeconds(10);
    /// <summary>socket.connection.setup.timeout.max.ms</summary>
    public TimeSpan ConnectionSetupTimeoutMax { get; set; } = TimeSpan.FromSeconds(30);
    /// <summary>connections.max.idle.ms</summary>
    public TimeSpan ConnectionsMaxIdle { get; set; } = TimeSpan.FromMinutes(9);
    /// <summary>metadata.max.age.ms</summary>
    public TimeSpan MetadataMaxAge { get; set; } = TimeSpan.FromMinutes(5);
    /// <summary>metadata.max.idle.ms</summary>
    public TimeSpan MetadataMaxIdle { get; set; } = TimeSpan.FromMinutes(5);
    /// <summary>send.buffer.bytes</summary>
    public int SendBufferBytes { get; set; } = 131072;
    /// <summary>receive.buffer.bytes</summary>
    public int ReceiveBufferBytes { get; set; } = 32768;
    /// <summary>partitioner.class</summary>
    public IPartitioner? Partitioner { get; set; }
    /// <summary>partitioner.ignore.keys</summary>
    public bool PartitionerIgnoreKeys { get; set; }
    /// <summary>partitioner.adaptive.partitioning.enable</summary>
    public bool AdaptivePartitioning { get; set; } = true;
    /// <summary>partitioner.availability.timeout.ms</summary>
    public TimeSpan PartitionAvailabilityTimeout { get; set; }
    /// <summary>close timeout</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(30);
    /// <summary>allow.auto.create.topics</summary>
    public bool AllowAutoCreateTopics { get; set; } = true;
    /// <summary>clock, tasks, chance</summary>
    public ProducerRuntime Runtime { get; set; } = new();
    /// <summary>connections; null = TCP</summary>
    public ITransport? Transport { get; set; }

    /// <summary>Checks all options.</summary>
    public void Validate() => _ = BootstrapServers.Count;
}
