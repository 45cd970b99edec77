namespace Rx.Kafka.Options;

/// <summary>Partitioners as text: librdkafka's names, in any case and with or without underscores, and Java's classes.</summary>
internal static class PartitionerKeys
{
    // Java 4 has these no more; a file may.
    private static readonly string[] JavaDefaults =
    [
        "org.apache.kafka.clients.producer.internals.DefaultPartitioner",
    ];

    public static string Range { get; } = $"one of {string.Join(", ", Partitioners.Names)}; others are set in code";

    public static string? Read(KafkaProducerOptions options) =>
        options.Partitioner is { } partitioner ? Partitioners.NameOf(partitioner) ?? partitioner.GetType().Name : null;

    public static string? Parse(KafkaProducerOptions options, string text)
    {
        if (JavaDefaults.Contains(text, StringComparer.Ordinal))
        {
            options.Partitioner = null;
            return null;
        }

        if (Partitioners.Names.FirstOrDefault(name => OptionText.IsSameWord(name, text)) is not { } known)
        {
            return $"is '{text}'; it must be {Range}";
        }

        options.Partitioner = Partitioners.ByName(known);
        return null;
    }
}
