using System.Text;
using Rx.Kafka.Options;
using Rx.Kafka.Properties.Architecture;

namespace Rx.Kafka.Properties.Options;

public sealed class ConfigurationDocTests
{
    private const string Introduction =
        """
        # Configuration

        Every option of `KafkaProducerOptions`, with the key under which `KafkaProducerOptions.FromProperties` reads it. Durations are milliseconds under a key and a `TimeSpan` in code;
        of keys that Java reads as 64-bit numbers, values above 2147483647 ms count as that. The last value of a repeated key counts.
        `Validate()`, which the producer's constructor calls, reports every fault at once.

        This file is generated from the option table; `RX_UPDATE_DOCS=1 dotnet test tests/Properties --filter ConfigurationDocTests` writes it anew.

        | Kafka key | Option | Default | Valid | Meaning |
        |---|---|---|---|---|

        """;

    private const string Rules =
        """

        ## Rules between options

        - `enable.idempotence` needs `acks` = all, `retries` > 0 and `max.in.flight.requests.per.connection` ≤ 5. Set to true, a conflict is a fault; not set, a conflict turns it off.
        - `delivery.timeout.ms` ≥ `linger.ms` + `request.timeout.ms`. Set too low, it is a fault; not set, it is raised to the sum.
        - `batch.size` ≤ `max.request.size`.
        - `buffer.memory` ≥ two chunks; a chunk is `batch.size`, but at least 4 KiB and at most 64 KiB.
        - `reconnect.backoff.max.ms` is `reconnect.backoff.ms` if only that is set: the pause then never grows.
        - A maximum below its first value (`retry.backoff.max.ms`, `reconnect.backoff.max.ms`, `socket.connection.setup.timeout.max.ms`) is used instead of it.
        - With a `Partitioner` of one's own `partitioner.ignore.keys`, `partitioner.adaptive.partitioning.enable` and `partitioner.availability.timeout.ms` do nothing.

        ## Keys that are refused

        Known keys of the Java producer that are not supported yet; `FromProperties` says so instead of ignoring them. Any other key is unknown, and the error names those nearest to it.

        | Kafka key | Why |
        |---|---|

        """;

    [Fact]
    public void The_configuration_page_is_up_to_date()
    {
        var path = Repository.PathOf("docs", "configuration.md");
        var expected = Page();
        if (Environment.GetEnvironmentVariable("RX_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
        }

        var actual = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : string.Empty;
        Assert.True(
            string.Equals(expected, actual, StringComparison.Ordinal),
            "docs/configuration.md is out of date; write it anew with: RX_UPDATE_DOCS=1 dotnet test tests/Properties --filter ConfigurationDocTests");
    }

    private static string Page()
    {
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach (var row in OptionTable.Rows)
        {
            var fallback = row.DefaultRule ?? Code(OptionTable.DefaultOf(row));
            page.Append($"| {Code(row.Key)} | {Code(row.Property)} | {fallback} | {row.Range} | {row.Doc} |\n");
        }

        page.Append(Rules.ReplaceLineEndings("\n"));
        foreach (var (key, reason) in UnsupportedKeys.All)
        {
            page.Append($"| {Code(key.EndsWith('.') ? key + "*" : key)} | {reason} |\n");
        }

        return page.ToString();
    }

    private static string Code(string? text) => text is null ? "–" : $"`{text}`";
}
