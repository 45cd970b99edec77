namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>What was told of an element.</summary>
internal readonly record struct Fate(bool Succeeded, Persistence Persistence, int Partition, long Offset)
{
    /// <summary>Nobody can say: the await was cancelled.</summary>
    public static Fate Unknown { get; } = new(Succeeded: false, Persistence.PossiblyPersisted, -1, -1);

    public static Fate Of<T>(in Delivery<T> delivery) => delivery.Succeeded
        ? new(Succeeded: true, delivery.Persistence, delivery.Metadata.Partition, delivery.Metadata.Offset)
        : new(Succeeded: false, delivery.Persistence, -1, -1);

    public static Fate Of(RecordMetadata metadata) => new(Succeeded: true, Persistence.Persisted, metadata.Partition, metadata.Offset);

    public static Fate Of(KafkaProduceException failure) => new(Succeeded: false, failure.Persistence, -1, -1);
}
