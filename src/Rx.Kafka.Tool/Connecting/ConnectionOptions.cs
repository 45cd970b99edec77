using System.CommandLine;
using Rx.Kafka.Options;
using Rx.Kafka.Tool.Showing;

namespace Rx.Kafka.Tool.Connecting;

/// <summary>Where the cluster is and how to talk to it: the options that every command with a cluster has.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<string?> _bootstrap = new("--bootstrap", "-b")
    {
        Description = "Brokers to begin with, HOST:PORT,... (bootstrap.servers).",
        HelpName = "LIST",
    };

    private readonly Option<FileInfo?> _config = new("--config", "-c")
    {
        Description = "A .properties file with the keys of the Java client or of librdkafka.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _set = new("--set", "-s")
    {
        Description = "One key more, which wins over the file's. May be repeated.",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = static _ => [],
    };

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_bootstrap);
        command.Add(_config);
        command.Add(_set);
    }

    /// <summary>What was given, checked as a whole. Notices go to the errors.</summary>
    /// <exception cref="UsageException">The file cannot be read, or a key or a value cannot be used; no secret is shown.</exception>
    public KafkaProducerOptions Read(ParseResult parsed, Surroundings around) => Options(Pairs(parsed), around);

    /// <summary>Keys and values as they were given: of the file, then those set one by one, then the brokers. The last one counts.</summary>
    /// <inheritdoc cref="Read"/>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs(ParseResult parsed)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        try
        {
            if (parsed.GetValue(_config) is { } file)
            {
                using var text = file.OpenText();
                pairs.AddRange(PropertiesText.Read(text));
            }
        }
        catch (Exception fault) when (fault is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException(fault.Message, fault);
        }

        pairs.AddRange((parsed.GetValue(_set) ?? []).Select(Pair));
        if (parsed.GetValue(_bootstrap) is { } bootstrap)
        {
            pairs.Add(KeyValuePair.Create("bootstrap.servers", bootstrap));
        }

        return pairs;
    }

    /// <summary>The options that keys and values mean.</summary>
    /// <inheritdoc cref="Read"/>
    public static KafkaProducerOptions Options(IReadOnlyList<KeyValuePair<string, string>> pairs, Surroundings around)
    {
        try
        {
            var options = KafkaProducerOptions.FromProperties(pairs);
            if (options.BootstrapServers.Count == 0)
            {
                throw new UsageException("No cluster is named: give --bootstrap HOST:PORT, or bootstrap.servers in --config FILE.");
            }

            options.Validate();
            foreach (var notice in options.Notices)
            {
                around.Errors.Tell(notice);
            }

            return options;
        }
        catch (ArgumentException fault)
        {
            throw new UsageException(FaultText.Of(fault), fault);
        }
    }

    // Only the key is quoted in the fault: the rest may be a secret.
    private static KeyValuePair<string, string> Pair(string pair)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? KeyValuePair.Create(pair[..equals].Trim(), pair[(equals + 1)..])
            : throw new UsageException("--set takes KEY=VALUE, such as --set linger.ms=20; one was given without a key or without '='.");
    }
}
