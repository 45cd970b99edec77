using Rx.Kafka.Batching;
using Rx.Kafka.Serialization;
using Rx.Kafka.Sinks;

namespace Rx.Kafka;

/// <content>
/// Records of typed topics: serialized into memory of the calling thread, which serves again when the record's bytes are in a batch. One
/// that must stand in line gets memory of its own.
/// </content>
public sealed partial class KafkaProducer
{
    /// <summary>
    /// Sends one record of a typed topic; as <see cref="SendAsync(Record, CancellationToken)"/>, without memory for the record. For
    /// headers, a time or a partition send <c>topic.Record(…)</c>. The serializers run on the calling thread before the call returns.
    /// </summary>
    /// <typeparam name="TKey">The topic's keys.</typeparam>
    /// <typeparam name="TValue">The topic's values.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The key; null = no key.</param>
    /// <param name="value">The value; null = Kafka's null, a tombstone.</param>
    /// <param name="cancellationToken">Before the record is accepted it is withdrawn for certain; later only the await ends.</param>
    /// <returns>Where the record stands on the log.</returns>
    /// <exception cref="KafkaProduceException">By the await: the record failed; with <see cref="ProduceErrorCode.Serialization"/> a
    /// serializer threw, and its exception is the inner one.</exception>
    /// <exception cref="SendCanceledException">By the await: cancelled; it says whether the record was withdrawn.</exception>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public ValueTask<RecordMetadata> SendAsync<TKey, TValue>(
        Topic<TKey, TValue> topic, TKey? key, TValue? value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return SendAsync(topic.Encoder, key, value, cancellationToken);
    }

    /// <summary>Sends one record of a topic without keys.</summary>
    /// <inheritdoc cref="SendAsync{TKey, TValue}(Topic{TKey, TValue}, TKey, TValue, CancellationToken)"/>
    public ValueTask<RecordMetadata> SendAsync<TValue>(
        Topic<TValue> topic, TValue? value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return SendAsync(topic.Encoder, null, value, cancellationToken);
    }

    /// <summary>
    /// Sends one record of a topic whose serializers may have to wait. Where they do not, as with <see cref="SendAsync{TKey,
    /// TValue}(Topic{TKey, TValue}, TKey, TValue, CancellationToken)"/>; else the record is offered when they are done, on <see
    /// cref="ProducerRuntime.TaskScheduler"/>. See <see cref="AsyncTopic{TKey, TValue}"/> for the order of such records.
    /// </summary>
    /// <typeparam name="TKey">The topic's keys.</typeparam>
    /// <typeparam name="TValue">The topic's values.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The key; null = no key.</param>
    /// <param name="value">The value; null = Kafka's null, a tombstone.</param>
    /// <param name="cancellationToken">Given to the serializers. Before the record is accepted it is withdrawn for certain; later only the
    /// await ends.</param>
    /// <returns>Where the record stands on the log.</returns>
    /// <exception cref="KafkaProduceException">By the await: the record failed; with <see cref="ProduceErrorCode.Serialization"/> a
    /// serializer failed, and its exception is the inner one.</exception>
    /// <exception cref="SendCanceledException">By the await: cancelled; it says whether the record was withdrawn.</exception>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public ValueTask<RecordMetadata> SendAsync<TKey, TValue>(
        AsyncTopic<TKey, TValue> topic, TKey? key, TValue? value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        _core.ThrowIfDisposed();
        if (cancellationToken.IsCancellationRequested)
        {
            return SendCompletion.CancelledAsync<RecordMetadata>(cancellationToken);
        }

        var buffer = SerializationBuffer.Rent();
        var encoding = topic.Encoder.EncodeAsync(key, value, buffer, cancellationToken);
        if (!encoding.IsCompletedSuccessfully)
        {
            // What a pending serializer has seen is not used again: one that was given up may still write to it.
            return SendLater(topic.Name, encoding, buffer, cancellationToken);
        }

        var sent = Send(topic.Name, encoding.GetAwaiter().GetResult(), buffer, cancellationToken);
        buffer.Return();
        return sent;
    }

    private ValueTask<RecordMetadata> SendAsync<TKey, TValue>(
        TopicEncoder<TKey, TValue> encoder, TKey? key, TValue? value, CancellationToken cancellationToken)
    {
        _core.ThrowIfDisposed();
        if (cancellationToken.IsCancellationRequested)
        {
            return SendCompletion.CancelledAsync<RecordMetadata>(cancellationToken);
        }

        var buffer = SerializationBuffer.Rent();
        var sent = Send(encoder.Topic, encoder.Encode(key, value, buffer), buffer, cancellationToken);
        buffer.Return();
        return sent;
    }

    // A method of its own: what a lambda captures is an object, also where the lambda is not made.
    private ValueTask<RecordMetadata> SendLater(
        string topic, ValueTask<ProduceError?> encoding, SerializationBuffer buffer, CancellationToken cancellationToken) =>
        new(Task.Factory.StartNew(
            () => SendLaterAsync(topic, encoding, buffer, cancellationToken),
            CancellationToken.None, TaskCreationOptions.DenyChildAttach, _core.Runtime.TaskScheduler).Unwrap());

    private async Task<RecordMetadata> SendLaterAsync(
        string topic, ValueTask<ProduceError?> encoding, SerializationBuffer buffer, CancellationToken cancellationToken)
    {
        ProduceError? fault;
        try
        {
            fault = await encoding;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new SendCanceledException(Persistence.NotPersisted, cancellationToken);
        }

        return await Send(topic, fault, buffer, cancellationToken);
    }

    /// <summary>Offers what is in the buffer, unless it could not be serialized. The buffer is free when this returns.</summary>
    private ValueTask<RecordMetadata> Send(
        string topic, ProduceError? fault, SerializationBuffer buffer, CancellationToken cancellationToken)
    {
        if (fault is not null)
        {
            _core.Dispatching.Events.Refused(fault.Code);
            return ValueTask.FromException<RecordMetadata>(fault.ToException());
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return SendCompletion.CancelledAsync<RecordMetadata>(cancellationToken); // while it was serialized
        }

        var record = buffer.Borrowed(topic);
        if (_core.Dispatching.Interceptors is not null)
        {
            // They may keep it.
            return SendAsync(record.WithMemoryOfItsOwn(), cancellationToken);
        }

        if (cancellationToken.CanBeCanceled)
        {
            return _core.Awaited.Rent().SendAsync(record, cancellationToken, isBorrowed: true);
        }

        var offer = new RecordOffer(record) { IsBorrowed = true };
        return _core.Admission.Offer(ref offer) switch
        {
            OfferResult.Placed => new ValueTask<RecordMetadata>(offer.Shared!, offer.Token),
            OfferResult.NeedsCompletion =>
                _core.Awaited.Rent().SendAsync(offer.Record, CancellationToken.None, isBorrowed: true, trace: offer.Trace),
            _ => ValueTask.FromException<RecordMetadata>(offer.Error!.ToException()),
        };
    }
}
