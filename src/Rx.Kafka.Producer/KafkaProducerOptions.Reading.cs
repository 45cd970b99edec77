using Microsoft.Extensions.Configuration;
using Rx.Kafka.Options;

namespace Rx.Kafka;

/// <content>Reading options from text.</content>
public sealed partial record KafkaProducerOptions
{
    private OptionNotices _notices = OptionNotices.None;

    /// <summary>
    /// What was worth saying when these options were read: keys without effect here and why, and which of two keys won. The producer logs
    /// each once (event 452). Not an option: it does not count when options are compared. Empty for options made in code. No values are
    /// shown.
    /// </summary>
    public IReadOnlyList<string> Notices => _notices.Texts;

    /// <summary>
    /// Reads options from the keys of the Java client or of librdkafka and Confluent.Kafka (docs/configuration.md, in the package too,
    /// lists both). The order does not matter, but the last value of a repeated key counts. Where two keys set one option, Java's wins.
    /// </summary>
    /// <param name="properties">Keys such as <c>linger.ms</c> and their values as text; blanks and quotes around them do not
    /// matter. A <c>ProducerConfig</c> of Confluent.Kafka is such a sequence.</param>
    /// <returns>Options in which what was not given has its default, which is Java's. They are not validated as a whole yet, so more can
    /// be set before they are used. <see cref="Notices"/> tells what had no effect.</returns>
    /// <exception cref="ArgumentException">Unknown keys, keys or values that are not supported yet and values out of range, all of them
    /// at once; values that may be secrets are not shown.</exception>
    public static KafkaProducerOptions FromProperties(IEnumerable<KeyValuePair<string, string>> properties) =>
        OptionSources.Pairs(properties);

    /// <summary>Reads options from the text of a <c>.properties</c> file, with the comments, escapes and continued lines of Java's; a
    /// file of librdkafka's keys has the same form.</summary>
    /// <param name="properties">The text; read to its end, and not disposed.</param>
    /// <inheritdoc cref="FromProperties(IEnumerable{KeyValuePair{string, string}})"/>
    public static KafkaProducerOptions FromProperties(TextReader properties) => OptionSources.Text(properties);

    /// <summary>Reads options from a <c>.properties</c> file of UTF-8 text; for another encoding give a reader.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <inheritdoc cref="FromProperties(TextReader)"/>
    public static KafkaProducerOptions FromPropertiesFile(string path)
    {
        using var text = File.OpenText(path);
        return FromProperties(text);
    }

    /// <summary>
    /// Reads options from environment variables such as <c>KAFKA_BOOTSTRAP_SERVERS</c> and <c>KAFKA_LINGER_MS</c>: the prefix, then a key
    /// of either client with underscores, or an option's name; case does not matter. A variable that is like no key (<c>KAFKA_HOME</c>)
    /// is a notice; one that is nearly a key is a fault.
    /// </summary>
    /// <param name="prefix">What the names begin with; not empty.</param>
    /// <exception cref="ArgumentException">As for <see cref="FromProperties(IEnumerable{KeyValuePair{string, string}})"/>, or the prefix
    /// is empty.</exception>
    /// <inheritdoc cref="FromProperties(IEnumerable{KeyValuePair{string, string}})"/>
    public static KafkaProducerOptions FromEnvironment(string prefix = "KAFKA_") =>
        OptionSources.Environment(Environment.GetEnvironmentVariables(), prefix);

    /// <summary>
    /// Reads options from a section of an application's configuration. Names are keys of either client (<c>linger.ms</c>), the same
    /// without dots (<c>LingerMs</c>, as Confluent.Kafka names them) or the options' own (<c>Linger</c>); case does not matter. A bare
    /// number for a duration is milliseconds, <c>00:00:05</c> a time. A list option takes a list, or text with commas.
    /// </summary>
    /// <param name="configuration">The section that holds the options and nothing else, such as
    /// <c>configuration.GetSection("Kafka:Producer")</c>. It is read once, and must exist.</param>
    /// <inheritdoc cref="FromProperties(IEnumerable{KeyValuePair{string, string}})"/>
    public static KafkaProducerOptions FromConfiguration(IConfiguration configuration) => OptionSources.Configuration(configuration);

    internal KafkaProducerOptions WithNotices(IReadOnlyList<string> notices) => this with { _notices = new OptionNotices(notices) };
}
