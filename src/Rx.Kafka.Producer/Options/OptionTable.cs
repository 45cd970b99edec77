using static Rx.Kafka.Options.OptionKind;

namespace Rx.Kafka.Options;

/// <summary>Every option, once. Docs, parsing and range checks come from these rows.</summary>
internal static class OptionTable
{
    private static readonly KafkaProducerOptions Defaults = new();

    public static IReadOnlyList<ProducerOption> Rows { get; } = [.. Cluster(), .. Delivery(), .. Batching(), .. Partitioning(), .. Network(), .. TlsKeys.Rows, .. SaslKeys.Rows, .. InCode()];

    /// <summary>The row of a Kafka key.</summary>
    public static IReadOnlyDictionary<string, ProducerOption> ByKey { get; } = Rows.Where(row => row.Key is not null).ToDictionary(row => row.Key!, StringComparer.Ordinal);

    /// <summary>The default of a row as text.</summary>
    public static string DefaultOf(ProducerOption row) => row.DefaultRule ?? row.Read(Defaults) ?? string.Empty;

    /// <summary>What differs from the defaults, under its key.</summary>
    public static IEnumerable<(string Name, string? Value)> Changed(KafkaProducerOptions options) => Rows
        .Select(row => (Name: (row.Key ?? row.Property)!, Value: row.Read(options), Default: row.Read(Defaults), row.IsSecret))
        .Where(static row => !string.Equals(row.Value, row.Default, StringComparison.Ordinal))
        .Select(static row => (row.Name, row.IsSecret && row.Value is not null ? "(not shown)" : row.Value));

    /// <summary>The same in one line.</summary>
    public static string Describe(KafkaProducerOptions options) =>
        $"{nameof(KafkaProducerOptions)} {{ {string.Join(", ", Changed(options).Select(static pair => $"{pair.Name} = {pair.Value}"))} }}";

    private static IEnumerable<ProducerOption> Cluster() =>
    [
        new("bootstrap.servers", nameof(KafkaProducerOptions.BootstrapServers), "host:port or PROTOCOL://host:port, separated by commas; IPv6 in brackets; ports from 1 to 65535", "Where to find the cluster at first.")
        {
            Read = options => BootstrapServer.Shown(options.BootstrapServers),
            Check = OptionRules.BootstrapFault,
            DefaultRule = "required",
            Parse = (options, text) =>
            {
                options.BootstrapServers = [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
                return OptionRules.BootstrapFault(options);
            },
        },
        new("client.id", nameof(KafkaProducerOptions.ClientId), "text of at most 32767 bytes", "Names this client in the broker's logs and quotas.")
        {
            Read = options => options.ClientId,
            Check = OptionRules.ClientIdFault,
            DefaultRule = "rx-kafka-N",
            Parse = (options, text) =>
            {
                options.ClientId = text;
                return OptionRules.ClientIdFault(options);
            },
        },
        new(SecurityProtocols.Key, nameof(KafkaProducerOptions.Security), SecurityProtocols.Range, "How to speak to the brokers; in code Security is what TLS and SASL are made with.")
        {
            Read = SecurityProtocols.Of,
            Parse = SecurityProtocols.Parse,
        },
        Fixed("client.dns.lookup", "use_all_dns_ips", ["resolve_canonical_bootstrap_servers_only"], "Each address of a name is tried in turn."),
        Flag("allow.auto.create.topics", nameof(KafkaProducerOptions.AllowAutoCreateTopics), o => o.AllowAutoCreateTopics, (o, v) => o.AllowAutoCreateTopics = v, "Whether an unknown topic may be created by asking for it; the broker must allow it too."),
        Duration("metadata.max.age.ms", nameof(KafkaProducerOptions.MetadataMaxAge), 1, o => o.MetadataMaxAge, (o, v) => o.MetadataMaxAge = v, "After how long metadata is refreshed without cause."),
        Duration("metadata.max.idle.ms", nameof(KafkaProducerOptions.MetadataMaxIdle), 5000, o => o.MetadataMaxIdle, (o, v) => o.MetadataMaxIdle = v, "After how long without records a topic's metadata is forgotten."),
        Fixed("metadata.recovery.strategy", "rebootstrap", ["none"], "When no known broker answers, the bootstrap servers are asked again."),
    ];

    private static IEnumerable<ProducerOption> Delivery() =>
    [
        Choice("acks", nameof(KafkaProducerOptions.RequiredAcks), [("all", RequiredAcks.All), ("-1", RequiredAcks.All), ("0", RequiredAcks.None), ("1", RequiredAcks.Leader)], [], o => o.RequiredAcks, (o, v) => o.RequiredAcks = v, "How many replicas must have a record before it is acknowledged."),
        Flag("enable.idempotence", nameof(KafkaProducerOptions.EnableIdempotence), o => o.EnableIdempotence, (o, v) => o.EnableIdempotence = v, "Whether the broker drops duplicates that retries make.") with { DefaultRule = "true, or false if another option forbids it" },
        Fixed("enable.gapless.guarantee", "false", ["true"], "After a failed record later ones are still sent; a sink of OnFailure.Halt holds them back."),
        Fixed("queuing.strategy", "fifo", ["lifo"], "Records of a partition keep their order."),
        Number("retries", nameof(KafkaProducerOptions.Retries), 0, int.MaxValue, o => o.Retries, (o, v) => o.Retries = (int)v, "How often a batch may be sent again; usually the delivery timeout is the bound."),
        Duration("retry.backoff.ms", nameof(KafkaProducerOptions.RetryBackoff), 0, o => o.RetryBackoff, (o, v) => o.RetryBackoff = v, "The first pause before a retry, doubled each time."),
        Duration("retry.backoff.max.ms", nameof(KafkaProducerOptions.RetryBackoffMax), 0, o => o.RetryBackoffMax, (o, v) => o.RetryBackoffMax = v, "The longest pause before a retry."),
        Duration("request.timeout.ms", nameof(KafkaProducerOptions.RequestTimeout), 1, o => o.RequestTimeout, (o, v) => o.RequestTimeout = v, "How long to wait for the answer to a request.", clamps: false),
        Duration("delivery.timeout.ms", nameof(KafkaProducerOptions.DeliveryTimeout), 0, o => o.DeliveryTimeout, (o, v) => o.DeliveryTimeout = v, "How long a record may take from acceptance to its outcome.", clamps: false) with { DefaultRule = "120000, or linger.ms + request.timeout.ms if that is more" },
        Duration("max.block.ms", nameof(KafkaProducerOptions.MaxBlock), 0, o => o.MaxBlock, (o, v) => o.MaxBlock = v, "How long a record may wait for metadata and memory together."),
        Number(null, nameof(KafkaProducerOptions.MaxUnobservedDeliveries), 1, int.MaxValue, o => o.MaxUnobservedDeliveries, (o, v) => o.MaxUnobservedDeliveries = (int)v, "How many outcomes may be decided but not yet observed before no more input is taken."),
        Duration(null, nameof(KafkaProducerOptions.CloseTimeout), 0, o => o.CloseTimeout, (o, v) => o.CloseTimeout = v, "How long disposing may wait for records on their way."),
    ];

    private static IEnumerable<ProducerOption> Batching() =>
    [
        Number("batch.size", nameof(KafkaProducerOptions.BatchSize), 0, int.MaxValue, o => o.BatchSize, (o, v) => o.BatchSize = (int)v, "Bytes after which a batch of one partition is closed; 0 sends each record alone."),
        Duration("linger.ms", nameof(KafkaProducerOptions.Linger), 0, o => o.Linger, (o, v) => o.Linger = v, "How long a batch may wait for more records."),
        Flag(null, nameof(KafkaProducerOptions.AdaptiveLinger), o => o.AdaptiveLinger, (o, v) => o.AdaptiveLinger = v, "Whether awaited records skip Linger where it gathers nothing: each is sent after the outcome of the last."),
        Flag(null, nameof(KafkaProducerOptions.TraceEachRecord), o => o.TraceEachRecord, (o, v) => o.TraceEachRecord = v, "Whether each record is a span of its own while somebody listens, instead of each batch."),
        Number("max.request.size", nameof(KafkaProducerOptions.MaxRequestSize), 1, int.MaxValue, o => o.MaxRequestSize, (o, v) => o.MaxRequestSize = (int)v, "The most bytes of batches in one request, and of one record."),
        Number("buffer.memory", nameof(KafkaProducerOptions.BufferMemory), 0, long.MaxValue, o => o.BufferMemory, (o, v) => o.BufferMemory = v, "Bytes that all unfinished batches may hold."),
        new("compression.type", nameof(KafkaProducerOptions.Compression), CompressionKeys.Range, "The codec of batches; of several the first that broker and topic take.")
        {
            Read = options => options.Compression?.ToString(),
            Check = options => options.Compression is null ? "is null; leave it out for none" : null,
            Parse = CompressionKeys.Parse,
        },
        CompressionKeys.LevelOfFirst("compression.level"),
        CompressionKeys.Level("compression.gzip.level", CompressionType.Gzip, 1, 9, hasDefault: true),
        CompressionKeys.Level("compression.lz4.level", CompressionType.Lz4, 1, 17),
        CompressionKeys.Level("compression.zstd.level", CompressionType.Zstd, -131072, 22),
    ];

    private static IEnumerable<ProducerOption> Partitioning() =>
    [
        Flag("partitioner.ignore.keys", nameof(KafkaProducerOptions.PartitionerIgnoreKeys), o => o.PartitionerIgnoreKeys, (o, v) => o.PartitionerIgnoreKeys = v, "Whether records with a key are spread like those without."),
        Flag("partitioner.adaptive.partitioning.enable", nameof(KafkaProducerOptions.AdaptivePartitioning), o => o.AdaptivePartitioning, (o, v) => o.AdaptivePartitioning = v, "Whether records without a key go more to brokers that answer faster."),
        Duration("partitioner.availability.timeout.ms", nameof(KafkaProducerOptions.PartitionAvailabilityTimeout), 0, o => o.PartitionAvailabilityTimeout, (o, v) => o.PartitionAvailabilityTimeout = v, "After how long a broker that takes nothing gets no more records without a key; 0 = never left out."),
        Flag("partitioner.rack.aware", nameof(KafkaProducerOptions.PartitionerRackAware), o => o.PartitionerRackAware, (o, v) => o.PartitionerRackAware = v, "Whether records without a key go to partitions whose leader is in client.rack, as long as there is one."),
        new("client.rack", nameof(KafkaProducerOptions.ClientRack), "text", "The rack that this client is in, as broker.rack names it; partitioner.rack.aware uses it.")
        {
            Read = options => options.ClientRack,
            DefaultRule = "none",
            Parse = (options, text) =>
            {
                options.ClientRack = text;
                return null;
            },
        },
        new("partitioner.class", nameof(KafkaProducerOptions.Partitioner), PartitionerKeys.Range, "Chooses the partition of records that name none.")
        {
            Read = PartitionerKeys.Read,
            DefaultRule = "by the key's hash; without a key sticky",
            Parse = PartitionerKeys.Parse,
        },
    ];

    private static IEnumerable<ProducerOption> Network() =>
    [
        Number("max.in.flight.requests.per.connection", nameof(KafkaProducerOptions.MaxInFlightRequestsPerConnection), 1, int.MaxValue, o => o.MaxInFlightRequestsPerConnection, (o, v) => o.MaxInFlightRequestsPerConnection = (int)v, "How many requests may wait for their answer on one connection."),
        Duration("reconnect.backoff.ms", nameof(KafkaProducerOptions.ReconnectBackoff), 0, o => o.ReconnectBackoff, (o, v) => o.ReconnectBackoff = v, "The first pause before connecting again to a broker, doubled each time."),
        Duration("reconnect.backoff.max.ms", nameof(KafkaProducerOptions.ReconnectBackoffMax), 0, o => o.ReconnectBackoffMax, (o, v) => o.ReconnectBackoffMax = v, "The longest pause before connecting again.") with { DefaultRule = "1000, or reconnect.backoff.ms if only that is set" },
        Duration("socket.connection.setup.timeout.ms", nameof(KafkaProducerOptions.ConnectionSetupTimeout), 1, o => o.ConnectionSetupTimeout, (o, v) => o.ConnectionSetupTimeout = v, "How long connecting and the handshake may take, doubled after each failure."),
        Duration("socket.connection.setup.timeout.max.ms", nameof(KafkaProducerOptions.ConnectionSetupTimeoutMax), 1, o => o.ConnectionSetupTimeoutMax, (o, v) => o.ConnectionSetupTimeoutMax = v, "The longest that the setup timeout grows to."),
        Duration("connections.max.idle.ms", nameof(KafkaProducerOptions.ConnectionsMaxIdle), 0, o => o.ConnectionsMaxIdle, (o, v) => o.ConnectionsMaxIdle = v, "After how long an unused connection is closed.", never: true),
        Flag("enable.metrics.push", nameof(KafkaProducerOptions.EnableMetricsPush), o => o.EnableMetricsPush, (o, v) => o.EnableMetricsPush = v, "Whether metrics are pushed to brokers that ask for them (KIP-714)."),
        Number("send.buffer.bytes", nameof(KafkaProducerOptions.SendBufferBytes), -1, int.MaxValue, o => o.SendBufferBytes, (o, v) => o.SendBufferBytes = (int)v, "The socket's send buffer; -1 leaves it to the operating system."),
        Number("receive.buffer.bytes", nameof(KafkaProducerOptions.ReceiveBufferBytes), -1, int.MaxValue, o => o.ReceiveBufferBytes, (o, v) => o.ReceiveBufferBytes = (int)v, "The socket's receive buffer; -1 leaves it to the operating system."),
    ];

    private static IEnumerable<ProducerOption> InCode() =>
    [
        CodeOnly("interceptor.classes", nameof(KafkaProducerOptions.Interceptors), o => o.Interceptors is [var first, ..] ? first : null, "none", "See every record before it is sent, and every outcome first.") with { Check = OptionRules.InterceptorsFault },
        CodeOnly(null, nameof(KafkaProducerOptions.Runtime), o => o.Runtime, "the system's own", "Clock, tasks, chance and blocking; a simulation replaces them.") with { Check = OptionRules.RuntimeFault },
        CodeOnly(null, nameof(KafkaProducerOptions.Transport), o => o.Transport, "TCP", "Opens connections."),
    ];
}

/// <summary>
/// One row of the option table: it drives reading Kafka's keys, validation, <see cref="KafkaProducerOptions.ToString"/> and
/// docs/configuration.md.
/// </summary>
/// <param name="Key">The Kafka key; null where Kafka has none.</param>
/// <param name="Property">The property; null for a key with one supported value, which needs none.</param>
/// <param name="Range">Which values are valid, to follow "must be".</param>
/// <param name="Doc">One sentence.</param>
internal sealed record ProducerOption(string? Key, string? Property, string Range, string Doc)
{
    /// <summary>The value as Kafka writes it; null = left to a rule.</summary>
    public required Func<KafkaProducerOptions, string?> Read { get; init; }

    /// <summary>Sets the option from text; the fault, or null.</summary>
    public required Func<KafkaProducerOptions, string, string?> Parse { get; init; }

    /// <summary>The fault of the present value, or null.</summary>
    public Func<KafkaProducerOptions, string?> Check { get; init; } = static _ => null;

    /// <summary>The default in words, where it is a rule.</summary>
    public string? DefaultRule { get; init; }

    /// <summary>Whether the value is not to be shown anywhere: only that there is one.</summary>
    public bool IsSecret { get; init; }

    /// <summary>How a fault names this option.</summary>
    public string Name => (Property, Key) switch
    {
        (null, var key) => key!,
        (var property, null) => property,
        var (property, key) => $"{property} ({key})",
    };
}
