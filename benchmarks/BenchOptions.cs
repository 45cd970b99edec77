using System.Globalization;

namespace Rx.Kafka.Benchmarks;

/// <summary>What one run does; every client that is compared understands the same names.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        usage: Rx.Kafka.Benchmarks [--OPTION VALUE]...     or     Rx.Kafka.Benchmarks --micro [BenchmarkDotNet's options]

          --bootstrap HOST:PORT,...   127.0.0.1:9092          --mode handler|async|fire   OnNext and Deliveries, SendAsync, OnNext and FlushAsync;
                                                              ours alone: sink (OpenSink), deliver (DeliverTo)
          --topic NAME                bench                   --acks idem|all|1           idempotent, or not with all or one replica
          --n COUNT                   1000000, measured       --warmup COUNT              200000, before them
          --size BYTES                100                     --payload text|random       text compresses about threefold
          --parts COUNT               6, as the topic has     --part default|rr           the producer's choice, or in turn
          --linger MS                 5                       --batch BYTES               16384
          --key none|id8              none                    --comp none                 codec, or several by preference
          --outstanding COUNT         100000 at most          --rate COUNT                0 = as fast as possible, else records a second
          --preset NAME               none|latency|throughput|durability: ForLatency() and so on, over the options above
          --ca FILE                   over TLS, to brokers of this authority (PEM)
          --memory MIB                0 = room for all that may be outstanding, as the other clients have
        """;

    public string Bootstrap { get; private set; } = "127.0.0.1:9092";

    public string Topic { get; private set; } = "bench";

    public string Mode { get; private set; } = "handler";

    public string Acks { get; private set; } = "idem";

    public string Codec { get; private set; } = "none";

    public string Payload { get; private set; } = "text";

    public string Key { get; private set; } = "none";

    public string Part { get; private set; } = "default";

    public int Count { get; private set; } = 1_000_000;

    public int Warmup { get; private set; } = 200_000;

    public int Size { get; private set; } = 100;

    public int Parts { get; private set; } = 6;

    public int Linger { get; private set; } = 5;

    public int Batch { get; private set; } = 16384;

    public int Outstanding { get; private set; } = 100_000;

    public int Rate { get; private set; }

    public int MemoryMiB { get; private set; }

    public string? CaFile { get; private set; }

    public string Preset { get; private set; } = "none";

    public bool RoundRobin => string.Equals(Part, "rr", StringComparison.Ordinal);

    public static BenchOptions Parse(string[] args)
    {
        var options = new BenchOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length)
            {
                throw new FormatException($"{args[i]} has no value.");
            }

            options.Set(args[i], args[i + 1]);
        }

        return options;
    }

    public KafkaProducerOptions ToProducerOptions() => Preset switch
    {
        "latency" => WithoutPreset().ForLatency(),
        "throughput" => WithoutPreset().ForThroughput(),
        "durability" => WithoutPreset().ForDurability(),
        _ => WithoutPreset(),
    };

    private KafkaProducerOptions WithoutPreset() => new()
    {
        BootstrapServers = Bootstrap.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        Linger = TimeSpan.FromMilliseconds(Linger),
        BatchSize = Batch,
        RequiredAcks = string.Equals(Acks, "1", StringComparison.Ordinal) ? RequiredAcks.Leader : RequiredAcks.All,
        EnableIdempotence = string.Equals(Acks, "idem", StringComparison.Ordinal),
        Compression = Compression.TryParse(Codec) ?? throw new FormatException($"--comp {Codec}: it is one of none, gzip, snappy, lz4, zstd, or several with commas."),
        MaxRequestSize = Math.Max(1 << 20, Batch * 2),
        // Every client may hold all outstanding records twice and some half-filled batches a partition, so that only --outstanding limits it.
        BufferMemory = MemoryMiB > 0 ? (long)MemoryMiB << 20 : Math.Max(32L << 20, (2L * Outstanding * (Size + 100)) + (8L * Parts * Batch)),
        Security = CaFile is null ? null : new() { Tls = new() { CaFile = CaFile } },
        SendBufferBytes = -1,
        ReceiveBufferBytes = -1,
    };

    private static string OneOf(string name, string value, params ReadOnlySpan<string> allowed) =>
        allowed.Contains(value) ? value : throw new FormatException($"{name} {value}: it is one of {string.Join(", ", allowed)}.");

    private static int Number(string name, string value, int minimum) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum
            ? number
            : throw new FormatException($"{name} {value}: it is a whole number of at least {minimum}.");

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--bootstrap": Bootstrap = value; break;
            case "--topic": Topic = value; break;
            case "--mode": Mode = OneOf(name, value, "handler", "async", "fire", "sink", "deliver"); break;
            case "--acks": Acks = OneOf(name, value, "idem", "all", "1"); break;
            case "--comp": Codec = value; break;
            case "--payload": Payload = OneOf(name, value, "text", "random"); break;
            case "--key": Key = OneOf(name, value, "none", "id8"); break;
            case "--part": Part = OneOf(name, value, "default", "rr"); break;
            case "--n": Count = Number(name, value, 1); break;
            case "--warmup": Warmup = Number(name, value, 0); break;
            // A paced run writes the time of sending into the first 8 bytes.
            case "--size": Size = Number(name, value, 8); break;
            case "--parts": Parts = Number(name, value, 1); break;
            case "--linger": Linger = Number(name, value, 0); break;
            case "--batch": Batch = Number(name, value, 1); break;
            case "--outstanding": Outstanding = Number(name, value, 1); break;
            case "--rate": Rate = Number(name, value, 0); break;
            case "--preset": Preset = OneOf(name, value, "none", "latency", "throughput", "durability"); break;
            case "--ca": CaFile = value; break;
            case "--memory": MemoryMiB = Number(name, value, 0); break;
            // An option of another client that means nothing here.
            case "--drf": break;
            default: throw new FormatException($"{name} is not an option.");
        }
    }
}
