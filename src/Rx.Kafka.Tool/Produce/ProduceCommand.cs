using System.CommandLine;
using System.Text;
using Rx.Kafka.Tool.Connecting;

namespace Rx.Kafka.Tool.Produce;

/// <summary>The command line of <c>produce</c>.</summary>
internal sealed class ProduceCommand
{
    private readonly Argument<string> _topic = new("TOPIC") { Description = "Where records go." };

    private readonly Argument<FileInfo[]> _files = new("FILE")
    {
        Description = "Files whose lines are records; none = standard input.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _keySeparator = new("--key-separator", "-k")
    {
        Description = "The key is what stands before it; \\t is a tabulator.",
        HelpName = "TEXT",
    };

    private readonly Option<string[]> _headers = new("--headers", "-H")
    {
        Description = "A header of every record. May be repeated.",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<string?> _nullMarker = new("--null-marker")
    {
        Description = "The value that stands for null (a tombstone).",
        HelpName = "TEXT",
    };

    private readonly Option<double?> _rate = new("--rate") { Description = "Records a second, at most.", HelpName = "N" };

    private readonly Option<long?> _count = new("--count", "-n") { Description = "Records in all, at most.", HelpName = "N" };

    private readonly Option<int?> _size = new("--size")
    {
        Description = "Make records up, with values of so many bytes, instead of reading lines.",
        HelpName = "BYTES",
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Show the producer's log, too." };

    private readonly ConnectionOptions _connection = new();

    /// <summary>Ends the help.</summary>
    public const string Example =
        """
        Examples:
          rxkafka produce access access.log -b localhost:9092 -k " "
          rxkafka produce test --size 100 --count 1000000 --config client.properties
          tail -F app.log | rxkafka produce logs -b broker:9092 -s compression.type=lz4

        Exit codes: 0 all acknowledged, 1 some failed, 2 wrong usage, 3 no connection.
        """;

    /// <summary>Makes the command.</summary>
    public static Command New(Surroundings around) => new ProduceCommand().Make(around);

    private Command Make(Surroundings around)
    {
        var command = new Command("produce", "Publishes lines as records. Ctrl+C sends what was read, and ends.")
        {
            _topic, _files, _keySeparator, _headers, _nullMarker, _rate, _count, _size, _verbose,
        };
        _connection.AddTo(command);
        _topic.TakesText(TopicNames.IsRight, TopicNames.Range);
        _rate.Takes(static value => value >= 0.001 && double.IsFinite(value), "at least 0.001 records a second");
        _count.Takes(static value => value > 0, "at least 1");
        _size.Takes(static value => value is >= 0 and <= 1 << 30, "0 to 1073741824 bytes");
        command.SetAction((parsed, _) => RunAsync(parsed, around));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Surroundings around)
    {
        var options = _connection.Read(parsed, around);
        var plan = new ProducePlan
        {
            Topic = parsed.GetRequiredValue(_topic),
            Files = parsed.GetValue(_files) ?? [],
            KeySeparator = Bytes(parsed.GetValue(_keySeparator)?.Replace("\\t", "\t", StringComparison.Ordinal)),
            NullMarker = parsed.GetValue(_nullMarker) is { } marker ? Bytes(marker) : null,
            Headers = RecordHeaders.Create([.. (parsed.GetValue(_headers) ?? []).Select(Header)]),
            Rate = parsed.GetValue(_rate),
            Count = parsed.GetValue(_count),
            Size = parsed.GetValue(_size),
            LongestLine = Math.Min(options.MaxRequestSize, options.BufferMemory),
        };
        if (plan.Files.FirstOrDefault(static file => !file.Exists) is { } missing)
        {
            throw new UsageException($"There is no file '{missing}'.");
        }

        if (plan is { Size: not null, Files.Count: > 0 })
        {
            throw new UsageException("--size makes records up, and files are given as well: leave one of them out.");
        }

        using var log = parsed.GetValue(_verbose) ? new LogLines(around.Errors) : null;
        return await new ProduceRun(plan, options, around, log).RunAsync();
    }

    private static RecordHeader Header(string pair)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new RecordHeader(pair[..equals], pair[(equals + 1)..])
            : throw new UsageException($"--headers takes KEY=VALUE, such as --headers source=tool; '{pair}' has no key or no '='.");
    }

    private static ReadOnlyMemory<byte> Bytes(string? text) => Encoding.UTF8.GetBytes(text ?? string.Empty);
}
