using System.Text;
using Rx.Kafka.Options;
using Rx.Kafka.Properties.Architecture;

namespace Rx.Kafka.Properties.Options;

public sealed class ConfigurationDocTests
{
    private const string Introduction =
        """
        # Configuration

        Every option of `KafkaProducerOptions`, with the key under which it is read from text. [Keys](#keys) below are those of the Java client, of librdkafka and of Confluent.Kafka.
        `Validate()`, which the producer's constructor calls, reports every fault at once.

        | What you have | Read it with |
        |---|---|
        | a `.properties` file or its text, of either client | `KafkaProducerOptions.FromPropertiesFile(path)`, `FromProperties(reader)` |
        | pairs, such as Confluent.Kafka's `ProducerConfig` | `KafkaProducerOptions.FromProperties(pairs)` |
        | `appsettings.json`, user secrets, any `IConfiguration` | `KafkaProducerOptions.FromConfiguration(configuration.GetSection("Kafka"))` |
        | variables such as `KAFKA_BOOTSTRAP_SERVERS` | `KafkaProducerOptions.FromEnvironment()` |

        - Durations are milliseconds, also in an `appsettings.json`, or say their unit: `20`, `20ms`, `1.5s`, `2min`, `1h`, `00:00:05`. Of keys that Java reads as 64-bit numbers, values above 2147483647 ms count as that.
        - True and false are also `t`, `1`, `f`, `0`. Case, blanks and one pair of quotes around a value do not matter.
        - In a section and in variables case, dots, dashes and underscores of a key do not matter: `linger.ms`, `LingerMs`, `LINGER_MS`; nor whether it is the key or the option's name, `Linger`. A list may be a list.
        - The last value of a repeated key counts. Where two keys set one option Java's wins, and `Notices` says so.
        - Two spellings of `security.protocol` that differ are a fault.
        - Keys without effect are a notice each; the producer logs them once (event 452). Unknown keys are a fault that names the nearest; of variables only those that are nearly a key.
        - Values are shown in messages only of keys that are supported, and never if an address may hold a password.

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
        - `partitioner.rack.aware` needs `client.rack`.
        - Keys of `ssl.` and `sasl.` need a `security.protocol` that has TLS or SASL: without any protocol they are a fault, beside one that has it not a notice.
        - One client certificate at most, and one place of its key; a password needs what it opens. Files must exist, and hold what is asked of them; a form is told by the content. JKS is refused with the command that converts it.
        - With a `Partitioner` `partitioner.ignore.keys` does nothing. What is said of records without a key holds for those that the partitioner leaves to the producer.

        ## Where the clients differ

        What is not given has Java's default, also beside keys of librdkafka. The most important: without `partitioner` keys go where Java puts them; `partitioner=consistent_random` keeps librdkafka's partitions.
        `message.timeout.ms` is then 120 s instead of 300 s, idempotence on instead of off, `batch.size` 16 KiB instead of 1 MB, and compression is of one codec or of several that are tried in turn.

        ## Addresses

        `host:port` and `SSL://host:port/`, separated by commas; blanks, empty elements and repeated ones do not matter. A name may have underscores and a dot at its end. An IPv6 address stands in brackets, with
        or without a zone: `[fe80::1%eth0]:9092`; without brackets its port cannot be told from its end. A protocol before the addresses counts where
        `security.protocol` is not given; an address whose protocol is another one is refused. `0.0.0.0` and `[::]` are where a broker listens, not where it is found.

        ## Keys

        *supported* sets the option; *no effect* is accepted with a notice; *consumer* too, all such keys in one; *refused* is a fault, because ignoring it would change what happens to records or how they travel.

        | Key | Of | Status | Option | Conversion, or why |
        |---|---|---|---|---|

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
        foreach (var row in KeyTable.Rows.OrderBy(row => row.Status).ThenBy(row => row.Key, StringComparer.Ordinal))
        {
            page.Append($"| {Code(row.IsFamily ? row.Key + "*" : row.Key)} | {Clients(row.Client)} | {Status(row.Status)} | {Option(row)} | {row.Note} |\n");
        }

        return page.ToString();
    }

    private static string Code(string? text) => text is null ? "–" : $"`{text}`";

    private static string Clients(KeyClient client) => client switch
    {
        KeyClient.Both => "Java, librdkafka",
        KeyClient.Confluent => "Confluent.Kafka",
        KeyClient.Librdkafka => "librdkafka",
        _ => "Java",
    };

    private static string Status(KeyStatus status) => status switch
    {
        KeyStatus.WithoutEffect => "no effect",
        _ => status.ToString().ToLowerInvariant(),
    };

    private static string Option(KeyRow row) => row.Option is null ? "" : Code(row.Option.Property ?? row.Option.Key);
}
