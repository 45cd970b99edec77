using System.Collections;

namespace Rx.Kafka;

/// <summary>
/// A look at a running producer: what fills its memory, who waits, and how its brokers answer. The numbers are taken one after the other
/// while the producer works, so they need not add up to one moment. Immutable. Two looks are equal when all that they saw is, each broker
/// too; the text shows all of it.
/// </summary>
/// <seealso cref="KafkaProducer.GetStatus"/>
public sealed record ProducerStatus
{
    /// <summary>The limit of memory, in bytes: <see cref="KafkaProducerOptions.BufferMemory"/> (buffer.memory).</summary>
    public long BufferMemory { get; init; }

    /// <summary>Memory of records without outcome, in bytes; 0 when idle.</summary>
    public long BufferUsed { get; init; }

    /// <summary>Records that stand in line for memory or metadata, blocked callers and awaited ones alike.</summary>
    public int WaitingRecords { get; init; }

    /// <summary>Threads that are blocked in OnNext: for memory, for metadata or for observers.</summary>
    public int BlockedCallers { get; init; }

    /// <summary>Batches that still take records.</summary>
    public int OpenBatches { get; init; }

    /// <summary>Batches without outcome, the open ones among them.</summary>
    public int UndecidedBatches { get; init; }

    /// <summary>
    /// How long the oldest record without outcome has waited since it came; zero when there is none. With a healthy cluster it stays near
    /// <see cref="KafkaProducerOptions.Linger"/>; at <see cref="KafkaProducerOptions.DeliveryTimeout"/> records begin to fail.
    /// </summary>
    public TimeSpan OldestRecordAge { get; init; }

    /// <summary>
    /// Outcomes that observers have not returned from yet, of all sinks; and those of awaited records that interceptors have not seen yet.
    /// </summary>
    public long UnobservedDeliveries { get; init; }

    /// <summary>Since a broker last answered a question for metadata, of whatever topics; null = none has.</summary>
    public TimeSpan? SinceMetadata { get; init; }

    /// <summary>The cluster's id; null = no broker has answered, or it is too old to tell (before Kafka 0.10.1).</summary>
    public string? ClusterId { get; init; }

    /// <summary>All brokers as the cluster last named them, by id, whether this producer sends to them or not; empty = no broker has
    /// answered.</summary>
    public IReadOnlyList<BrokerAddress> ClusterBrokers { get; init => field = Seen<BrokerAddress>.Of(value); } = Seen<BrokerAddress>.None;

    /// <summary>The brokers that lead partitions this producer has sent to, by id.</summary>
    public IReadOnlyList<BrokerStatus> Brokers { get; init => field = Seen<BrokerStatus>.Of(value); } = Seen<BrokerStatus>.None;

    /// <summary>What ended the producer for good; null = nothing did.</summary>
    public ProduceError? FatalError { get; init; }

    /// <summary>Whether <see cref="KafkaProducer.DisposeAsync"/> was called.</summary>
    public bool IsDisposed { get; init; }

    /// <summary>A list that is a value: its elements tell whether it is equal, and are its text.</summary>
    private sealed class Seen<T>(T[] brokers) : IReadOnlyList<T>
    {
        private readonly T[] _brokers = brokers;

        public static Seen<T> None { get; } = new([]);

        public static Seen<T> Of(IReadOnlyList<T> brokers)
        {
            ArgumentNullException.ThrowIfNull(brokers);
            return new([.. brokers]);
        }

        public int Count => _brokers.Length;

        public T this[int index] => _brokers[index];

        public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_brokers).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override bool Equals(object? obj) => obj is Seen<T> other && _brokers.AsSpan().SequenceEqual(other._brokers);

        public override int GetHashCode() => _brokers.Length == 0 ? 0 : HashCode.Combine(_brokers.Length, _brokers[0]);

        public override string ToString() => $"[{string.Join("; ", _brokers)}]";
    }
}
