using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Options;

namespace Rx.Kafka.Properties.Options;

/// <summary>Random options: valid ones, and single faults to break them with.</summary>
internal static class OptionGenerators
{
    private static readonly Gen<TimeSpan> Milliseconds = Gen.OneOf(
        Gen.Choose(0, 10).Select(static ms => TimeSpan.FromMilliseconds(ms)),
        Gen.Choose(0, 100_000).Select(static ms => TimeSpan.FromMilliseconds(ms)),
        Gen.Choose(0, 100_000).Select(static ticks => TimeSpan.FromTicks(ticks)),
        Gen.Constant(TimeSpan.FromMilliseconds(int.MaxValue)));

    private static readonly Gen<bool> Coin = Gen.Elements(true, false);

    /// <summary>Options that pass <see cref="KafkaProducerOptions.Validate"/>, with only what text can express.</summary>
    public static Arbitrary<KafkaProducerOptions> Valid() =>
        (from delivery in ValidDelivery
         from batching in Batching
         from others in Others
         select Combine(delivery, batching, others)).ToArbitrary();

    /// <summary>Ways to break one option, each with the name that the fault must show.</summary>
    public static IReadOnlyList<(string Name, Action<KafkaProducerOptions> Break)> SingleFaults { get; } =
    [
        ("BootstrapServers (bootstrap.servers)", o => o.BootstrapServers = []),
        ("ClientId (client.id)", o => o.ClientId = new string('x', 32768)),
        ("RequiredAcks (acks)", o => o.RequiredAcks = (RequiredAcks)2),
        ("Compression (compression.type)", o => o.Compression = null!),
        ("BatchSize (batch.size)", o => o.BatchSize = -1),
        ("Linger (linger.ms)", o => o.Linger = TimeSpan.FromTicks(-1)),
        ("MaxRequestSize (max.request.size)", o => o.MaxRequestSize = 0),
        ("MaxInFlightRequestsPerConnection (max.in.flight.requests.per.connection)", o => o.MaxInFlightRequestsPerConnection = 0),
        ("BufferMemory (buffer.memory)", o => o.BufferMemory = -1),
        ("MaxUnobservedDeliveries", o => o.MaxUnobservedDeliveries = 0),
        ("MaxBlock (max.block.ms)", o => o.MaxBlock = Timeout.InfiniteTimeSpan),
        ("Retries (retries)", o => o.Retries = -1),
        ("RetryBackoff (retry.backoff.ms)", o => o.RetryBackoff = TimeSpan.MinValue),
        ("RetryBackoffMax (retry.backoff.max.ms)", o => o.RetryBackoffMax = TimeSpan.MaxValue),
        ("ReconnectBackoff (reconnect.backoff.ms)", o => o.ReconnectBackoff = TimeSpan.FromSeconds(-1)),
        ("ReconnectBackoffMax (reconnect.backoff.max.ms)", o => o.ReconnectBackoffMax = TimeSpan.FromSeconds(-1)),
        ("RequestTimeout (request.timeout.ms)", o => o.RequestTimeout = TimeSpan.Zero),
        ("DeliveryTimeout (delivery.timeout.ms)", o => o.DeliveryTimeout = TimeSpan.FromDays(25)),
        ("ConnectionSetupTimeout (socket.connection.setup.timeout.ms)", o => o.ConnectionSetupTimeout = TimeSpan.Zero),
        ("ConnectionSetupTimeoutMax (socket.connection.setup.timeout.max.ms)", o => o.ConnectionSetupTimeoutMax = TimeSpan.Zero),
        ("ConnectionsMaxIdle (connections.max.idle.ms)", o => o.ConnectionsMaxIdle = TimeSpan.FromMilliseconds(-2)),
        ("MetadataMaxAge (metadata.max.age.ms)", o => o.MetadataMaxAge = TimeSpan.Zero),
        ("MetadataMaxIdle (metadata.max.idle.ms)", o => o.MetadataMaxIdle = TimeSpan.FromMilliseconds(4999)),
        ("SendBufferBytes (send.buffer.bytes)", o => o.SendBufferBytes = -2),
        ("ReceiveBufferBytes (receive.buffer.bytes)", o => o.ReceiveBufferBytes = -2),
        ("PartitionAvailabilityTimeout (partitioner.availability.timeout.ms)", o => o.PartitionAvailabilityTimeout = TimeSpan.FromDays(-1)),
        ("CloseTimeout", o => o.CloseTimeout = TimeSpan.FromDays(100)),
        ("CloseTimeout", o => o.CloseTimeout = TimeSpan.FromMilliseconds(-1)),
        ("Runtime", o => o.Runtime = null!),
        ("Runtime", o => o.Runtime = new ProducerRuntime { TaskScheduler = null! }),
        ("Runtime", o => o.Runtime = new ProducerRuntime { Random = null! }),
    ];

    private static Gen<KafkaProducerOptions> ValidDelivery =>
        from acks in Gen.Elements(RequiredAcks.All, RequiredAcks.Leader, RequiredAcks.None)
        from retries in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, int.MaxValue - 1))
        from inFlight in Gen.Choose(1, 8)
        from idempotence in Gen.Elements<bool?>(null, true, false)
        from linger in Milliseconds
        from request in Milliseconds.Where(static time => time >= TimeSpan.FromMilliseconds(1))
        from explicitly in Coin
        from more in Milliseconds
        select Fitting(new KafkaProducerOptions
        {
            RequiredAcks = acks,
            Retries = retries,
            MaxInFlightRequestsPerConnection = inFlight,
            EnableIdempotence = idempotence,
            Linger = linger,
            RequestTimeout = request,
            DeliveryTimeout = explicitly ? Capped(linger + request + more) : null,
        });

    private static Gen<(int Batch, int Request, long Memory)> Batching =>
        from batch in Gen.Choose(0, 2_000_000)
        from request in Gen.Choose(Math.Max(1, batch), 3_000_000)
        from memory in Gen.Choose(2 * 65536, int.MaxValue - 1)
        select (batch, request, (long)memory);

    private static Gen<Action<KafkaProducerOptions>> Others =>
        from servers in Gen.Elements("a:1", "kafka-1.example.com:9092", "10.0.0.1:65535", "[::1]:9092").NonEmptyListOf()
        from client in Gen.Elements(null, "client", "ein Name", "\"quoted\"", " blank ", "'", "a'b")
        from times in Milliseconds.ArrayOf(6)
        from reconnect in Gen.OneOf(Gen.Constant<TimeSpan?>(null), Milliseconds.Select(time => (TimeSpan?)time)).Two()
        from flags in Coin.Three()
        from buffers in Gen.Choose(-1, 1_000_000).Two()
        from compression in Gen.Elements(Compression.None, Compression.Gzip, Compression.Snappy, Compression.Lz4, Compression.Zstd.Or(Compression.Lz4.WithLevel(9)).Or(Compression.None), Compression.Zstd.WithLevel(-7))
        from partitioner in Gen.Elements(null, Partitioners.ConsistentRandom, Partitioners.RoundRobin)
        from rack in Gen.Elements(null, "eu-1a")
        select new Action<KafkaProducerOptions>(o =>
        {
            o.BootstrapServers = [.. servers];
            o.ClientId = client;
            (o.MaxBlock, o.RetryBackoff, o.RetryBackoffMax, o.PartitionAvailabilityTimeout) = (times[0], times[1], times[2], times[3]);
            o.ConnectionsMaxIdle = times[4] == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : times[4];
            o.MetadataMaxAge = times[5] + TimeSpan.FromMilliseconds(times[5] == EffectiveOptions.Longest ? 0 : 1);
            o.ReconnectBackoffMax = reconnect.Item1;
            o.ReconnectBackoff = reconnect.Item2 ?? TimeSpan.FromMilliseconds(51);
            (o.AdaptivePartitioning, o.PartitionerIgnoreKeys, o.AllowAutoCreateTopics) = flags;
            (o.SendBufferBytes, o.ReceiveBufferBytes) = buffers;
            (o.Compression, o.Partitioner) = (compression, partitioner);
            (o.ClientRack, o.PartitionerRackAware) = (rack, rack is not null && flags.Item1);
        });

    private static KafkaProducerOptions Fitting(KafkaProducerOptions options)
    {
        if (options.EnableIdempotence == true && options.IdempotenceConflicts.Any())
        {
            options.EnableIdempotence = null;
        }

        return options;
    }

    private static TimeSpan Capped(TimeSpan time) => time < EffectiveOptions.Longest ? time : EffectiveOptions.Longest;

    private static KafkaProducerOptions Combine(KafkaProducerOptions options, (int Batch, int Request, long Memory) sizes, Action<KafkaProducerOptions> others)
    {
        (options.BatchSize, options.MaxRequestSize, options.BufferMemory) = sizes;
        others(options);
        return options;
    }
}
