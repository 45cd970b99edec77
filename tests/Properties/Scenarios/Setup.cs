using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>The producer's options and the world's shape in one scenario; only what differs from the default is shown.</summary>
internal sealed record Setup
{
    public static Setup Default { get; } = new();

    public int Brokers { get; init; } = 1;

    public int Partitions { get; init; } = 1;

    public int LingerMs { get; init; }

    public int BatchSize { get; init; } = 16384;

    public int BufferMemory { get; init; } = 1 << 20;

    public int MaxRequestSize { get; init; } = 1 << 20;

    public int InFlight { get; init; } = 5;

    public bool Idempotent { get; init; } = true;

    public RequiredAcks Acks { get; init; } = RequiredAcks.All;

    public int RequestTimeoutMs { get; init; } = 3000;

    public int DeliveryTimeoutMs { get; init; } = 120_000;

    public int MaxBlockMs { get; init; } = 60_000;

    public int CloseTimeoutMs { get; init; } = 30_000;

    public int Unobserved { get; init; } = 10_000;

    public int LatencyMs { get; init; }

    public int TornBytes { get; init; }

    /// <summary>Whether the brokers stamp records with the time of append.</summary>
    public bool LogAppendTime { get; init; }

    /// <summary>Whether the topic's metadata is there before the callers begin.</summary>
    public bool Warm { get; init; }

    /// <summary>What the brokers offer at most.</summary>
    public short ProduceVersion { get; init; } = 12;

    /// <summary>As <c>compression.type</c> has it.</summary>
    public string Compression { get; init; } = "none";

    /// <summary>How long brokers remember a producer that sends nothing; 0 = for ever.</summary>
    public int ExpirationMs { get; init; }

    /// <summary>Whether brokers refuse a producer that they forgot, as old ones do, instead of taking any number from it.</summary>
    public bool OldBrokers { get; init; }

    /// <summary>The producer looks for changes of the cluster at least so often.</summary>
    public int MetadataMaxAgeMs { get; init; } = 300_000;

    /// <summary>Whether each record is a span, or each batch; null = nobody listens.</summary>
    public bool? TracesRecords { get; init; }

    public EmbeddedKafkaOptions BrokerOptions(string clusterId)
    {
        var options = new EmbeddedKafkaOptions
        {
            ClusterId = clusterId,
            AutoCreateTopics = false,
            RefusesUnknownProducers = OldBrokers,
            ProducerIdExpiration = ExpirationMs == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(ExpirationMs),
        };
        options.Apis[ApiKey.Produce] = new ApiRange(3, ProduceVersion);
        return options;
    }

    public KafkaProducerOptions Options(IList<string> servers) => new()
    {
        BootstrapServers = servers,
        ClientId = "scenario",
        Linger = TimeSpan.FromMilliseconds(LingerMs),
        BatchSize = BatchSize,
        BufferMemory = Math.Max(BufferMemory, 2 * Math.Clamp(BatchSize, 4096, 65536)),
        MaxRequestSize = MaxRequestSize,
        MaxInFlightRequestsPerConnection = InFlight,
        EnableIdempotence = Idempotent,
        RequiredAcks = Acks,
        RequestTimeout = TimeSpan.FromMilliseconds(RequestTimeoutMs),
        DeliveryTimeout = TimeSpan.FromMilliseconds(Math.Max(DeliveryTimeoutMs, RequestTimeoutMs + LingerMs)),
        MaxBlock = TimeSpan.FromMilliseconds(MaxBlockMs),
        CloseTimeout = TimeSpan.FromMilliseconds(CloseTimeoutMs),
        MaxUnobservedDeliveries = Unobserved,
        MetadataMaxAge = TimeSpan.FromMilliseconds(MetadataMaxAgeMs),
        TraceEachRecord = TracesRecords ?? false,
        Compression = Rx.Kafka.Compression.TryParse(Compression)!,
    };

    public override string ToString()
    {
        var shown = new List<string>();
        Add("Brokers", Brokers, Default.Brokers);
        Add("Partitions", Partitions, Default.Partitions);
        Add("LingerMs", LingerMs, Default.LingerMs);
        Add("BatchSize", BatchSize, Default.BatchSize);
        Add("BufferMemory", BufferMemory, Default.BufferMemory);
        Add("MaxRequestSize", MaxRequestSize, Default.MaxRequestSize);
        Add("InFlight", InFlight, Default.InFlight);
        Add("Idempotent", Idempotent, Default.Idempotent);
        Add("Acks", Acks, Default.Acks);
        Add("RequestTimeoutMs", RequestTimeoutMs, Default.RequestTimeoutMs);
        Add("DeliveryTimeoutMs", DeliveryTimeoutMs, Default.DeliveryTimeoutMs);
        Add("MaxBlockMs", MaxBlockMs, Default.MaxBlockMs);
        Add("CloseTimeoutMs", CloseTimeoutMs, Default.CloseTimeoutMs);
        Add("Unobserved", Unobserved, Default.Unobserved);
        Add("LatencyMs", LatencyMs, Default.LatencyMs);
        Add("TornBytes", TornBytes, Default.TornBytes);
        Add("LogAppendTime", LogAppendTime, Default.LogAppendTime);
        Add("Warm", Warm, Default.Warm);
        Add("ProduceVersion", ProduceVersion, Default.ProduceVersion);
        Add("Compression", Compression, Default.Compression);
        Add("ExpirationMs", ExpirationMs, Default.ExpirationMs);
        Add("OldBrokers", OldBrokers, Default.OldBrokers);
        Add("MetadataMaxAgeMs", MetadataMaxAgeMs, Default.MetadataMaxAgeMs);
        Add("TracesRecords", TracesRecords, Default.TracesRecords);
        return $"new() {{ {string.Join(", ", shown)} }}";

        void Add<T>(string name, T value, T standard)
        {
            if (!Equals(value, standard))
            {
                shown.Add($"{name} = {(value is RequiredAcks acks ? $"RequiredAcks.{acks}" : value is bool b ? (b ? "true" : "false") : value is string s ? $"\"{s}\"" : value)}");
            }
        }
    }
}
