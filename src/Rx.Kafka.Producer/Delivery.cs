using System.Diagnostics.CodeAnalysis;

namespace Rx.Kafka;

/// <summary>The one outcome of one offered element: acknowledged, or failed with a reason.</summary>
/// <typeparam name="T">What went in: the record itself on <see cref="KafkaProducer.Deliveries"/>.</typeparam>
public readonly struct Delivery<T>
{
    // The topic of an acknowledged record, or the error of a failed one. One field for both, so that State begins at a multiple of 32
    // bytes and is copied in the pieces in which it was just written; with two fields the processor holds up each copy.
    private readonly object? _topicOrError;
    private readonly long _offset;
    private readonly long _timestamp;
    private readonly int _partition;

    internal Delivery(in T state, string topic, int partition, long offset, long timestamp, Persistence persistence = Persistence.Persisted)
    {
        State = state;
        _topicOrError = topic;
        _partition = partition;
        _offset = offset;
        _timestamp = timestamp;
        Persistence = persistence;
    }

    internal Delivery(in T state, ProduceError error)
    {
        State = state;
        _topicOrError = error;
        Persistence = error.Persistence;
    }

    /// <summary>The element that went in; a record's memory is the caller's own.</summary>
    public T State { get; }

    /// <summary>Whether the record was acknowledged; if not, <see cref="Error"/> is there.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => _topicOrError is string;

    /// <summary>
    /// What is known about the record being on the log. With acks = 0 an acknowledged record is only <see
    /// cref="Persistence.PossiblyPersisted"/>.
    /// </summary>
    public Persistence Persistence { get; }

    /// <summary>Where the record stands on the log.</summary>
    /// <exception cref="KafkaProduceException">The record failed: it carries <see cref="Error"/>.</exception>
    public RecordMetadata Metadata => _topicOrError is string topic
        ? new RecordMetadata(topic, _partition, _offset, DateTimeOffset.FromUnixTimeMilliseconds(_timestamp))
        : throw Failure().ToException();

    /// <summary>Why the record failed; null when it succeeded.</summary>
    public ProduceError? Error => _topicOrError is string ? null : Failure();

    /// <summary>Does nothing if the record was acknowledged.</summary>
    /// <exception cref="KafkaProduceException">The record failed: it carries <see cref="Error"/>.</exception>
    public void ThrowIfFailed()
    {
        if (!Succeeded)
        {
            throw Error.ToException();
        }
    }

    /// <summary>Where the record stands, or why it failed; not the element.</summary>
    /// <returns>A short text for logs.</returns>
    public override string ToString() => Error is { } error ? error.ToString() : IsOfRecord ? Metadata.ToString() : "no record";

    /// <summary>Whether it tells of a record on a partition: an element that asked for no record has none.</summary>
    internal bool IsOfRecord => _topicOrError is string { Length: > 0 };

    /// <summary>The same outcome of another element.</summary>
    /// <typeparam name="TOther">The other element's type.</typeparam>
    /// <param name="state">The other element.</param>
    /// <returns>An outcome that differs in <see cref="State"/> alone.</returns>
    public Delivery<TOther> WithState<TOther>(TOther state) => _topicOrError is string topic
        ? new(state, topic, _partition, _offset, _timestamp, Persistence)
        : new(state, Failure());

    // A default(Delivery) is no success either, so it has an error as well.
    private ProduceError Failure() => _topicOrError as ProduceError ?? ProduceError.OfNoDelivery;
}

/// <summary>The outcome of one element that failed.</summary>
/// <typeparam name="T">The element.</typeparam>
/// <param name="State">The element that went in; a record's memory is the caller's own.</param>
/// <param name="Error">Why it failed.</param>
public readonly record struct FailedDelivery<T>(T State, ProduceError Error);

/// <summary>Makes outcomes, for tests of code that gets them.</summary>
public static class Delivery
{
    /// <summary>The outcome of an element that was acknowledged.</summary>
    /// <typeparam name="T">The element's type.</typeparam>
    /// <param name="state">The element.</param>
    /// <param name="metadata">Where its record stands.</param>
    /// <returns>A success, <see cref="Persistence.Persisted"/>.</returns>
    public static Delivery<T> Success<T>(T state, RecordMetadata metadata) =>
        new(state, metadata.Topic, metadata.Partition, metadata.Offset, metadata.Timestamp.ToUnixTimeMilliseconds());

    /// <summary>The outcome of an element that failed.</summary>
    /// <typeparam name="T">The element's type.</typeparam>
    /// <param name="state">The element.</param>
    /// <param name="error">Why.</param>
    /// <returns>A failure.</returns>
    /// <exception cref="ArgumentNullException">The error is null.</exception>
    public static Delivery<T> Failure<T>(T state, ProduceError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new(state, error);
    }
}

/// <summary>What is known about a record being on the log: answers "may I send it again without a duplicate?".</summary>
public enum Persistence
{
    /// <summary>
    /// Certainly not on the log: it was never handed to a connection, or every attempt was refused by an answer that proves absence. Safe
    /// to send again.
    /// </summary>
    NotPersisted,

    /// <summary>It may be on the log: no answer came, or one that proves nothing. Sending again may duplicate.</summary>
    PossiblyPersisted,

    /// <summary>It is on the log.</summary>
    Persisted,
}
