using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Metadata;
using Rx.Kafka.Options;

namespace Rx.Kafka.Lanes;

/// <summary>What all lanes of one producer share.</summary>
internal class LaneContext
{
    private readonly Lock _randomLock = new();

    public required KafkaProducerOptions Options { get; init; }

    public required BatchingContext Batching { get; init; }

    public required ClusterMetadata Metadata { get; init; }

    public required ProducerIds ProducerIds { get; init; }

    public required SendingEvents Events { get; init; }

    /// <summary>The producer's chance; others take seeds of it.</summary>
    public required Random Random { get; init; }

    /// <summary>Ends the producer with a fatal error. Any loop; returns at once.</summary>
    public required Action<ProduceError> EndProducer { get; init; }

    public TimeProvider Time => Batching.Time;

    public bool IsIdempotent => ProducerIds.IsIdempotent;

    public int Retries => Options.Retries;

    /// <summary>With acks = 0 nobody knows more than that the bytes left.</summary>
    public Persistence SuccessPersistence =>
        Options.RequiredAcks == RequiredAcks.None ? Persistence.PossiblyPersisted : Persistence.Persisted;

    public Backoff NewRetryBackoff() => new(Options.EffectiveRetryBackoff, Options.RetryBackoffMax, NewRandom());

    public Random NewRandom()
    {
        lock (_randomLock)
        {
            return new Random(Random.Next());
        }
    }
}
