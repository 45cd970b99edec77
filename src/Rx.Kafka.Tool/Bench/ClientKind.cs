namespace Rx.Kafka.Tool.Bench;

/// <summary>A client that can take part.</summary>
/// <param name="Name">In options and in JSON.</param>
/// <param name="Title">As people read it.</param>
/// <param name="Version">Of its package.</param>
/// <param name="Start">Makes one that has not sent anything.</param>
internal sealed record ClientKind(string Name, string Title, string Version, Func<ClientSettings, Outcomes, IBenchClient> Start)
{
    public static ClientKind Ours { get; } = new(
        "ours", "Rx.Kafka", VersionOf(typeof(KafkaProducer)), static (settings, outcomes) => new OurClient(settings, outcomes));

    public static ClientKind Confluent { get; } = new(
        "confluent",
        "Confluent",
        VersionOf(typeof(global::Confluent.Kafka.ProducerConfig)),
        static (settings, outcomes) => new ConfluentClient(settings, outcomes));

    private static string VersionOf(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? string.Empty;
}
