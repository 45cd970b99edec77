namespace Rx.Kafka.Tool.Bench;

/// <summary>What every client is given.</summary>
/// <param name="Topic">Where records go.</param>
/// <param name="Options">For ours.</param>
/// <param name="Keys">The same in the dialect of librdkafka; may hold secrets.</param>
internal sealed record ClientSettings(string Topic, KafkaProducerOptions Options, IReadOnlyDictionary<string, string> Keys)
{
    private static readonly string[] Shown = ["acks", "enable.idempotence", "linger.ms", "batch.size", "compression.type"];

    /// <summary>Those that most explain a figure.</summary>
    public IEnumerable<KeyValuePair<string, string>> ShownKeys => Shown.Select(key => KeyValuePair.Create(key, Keys[key]));

    /// <summary>Shows no secret.</summary>
    public override string ToString() => string.Join(", ", ShownKeys.Select(static pair => $"{pair.Key}={pair.Value}"));
}
