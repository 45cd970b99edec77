namespace Rx.Kafka.Hosting;

/// <summary>One call of AddKafkaProducer. Several for one name add up.</summary>
/// <param name="Name">The producer's name, which is the name of its options and its service key; empty = the unnamed one.</param>
internal sealed record ProducerRegistration(string Name)
{
    /// <summary>Makes the options; null = from the default section, if there is one.</summary>
    public Func<IServiceProvider, KafkaProducerOptions>? Read { get; init; }

    /// <summary>Changes them afterwards.</summary>
    public Func<IServiceProvider, KafkaProducerOptions, KafkaProducerOptions>? Configure { get; init; }
}
