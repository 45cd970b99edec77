using System.Reactive.Subjects;
using Rx.Kafka.Serialization;
using Rx.Kafka.Sinks;

namespace Rx.Kafka;

/// <summary>
/// A sink of one typed topic: an observer of values and an observable of their outcomes, each with the very value. Otherwise as <see
/// cref="ProducerSink"/>. Get one from <see cref="KafkaTopic"/>. For headers, times, partitions or a channel's writer open a sink of
/// records and give it <c>topic.Record(…)</c>.
/// </summary>
/// <remarks><code>events.Subscribe(Orders.SinkOf(producer, order => order.Id));</code></remarks>
/// <typeparam name="TValue">The values.</typeparam>
public sealed class TopicSink<TValue> : ISubject<TValue, Delivery<TValue>>, IAsyncDisposable
{
    private readonly string _topic;
    private readonly Func<TValue, SerializationBuffer, ProduceError?> _encode;
    private readonly ProducerCore _core;
    private readonly ElementSink<TValue> _sink;
    private readonly SinkInput _input;

    internal TopicSink(string topic, Func<TValue, SerializationBuffer, ProduceError?> encode, ProducerCore core, OnFailure onFailure)
    {
        core.ThrowIfDisposed();
        _topic = topic;
        _encode = encode;
        _core = core;
        _sink = new ElementSink<TValue>(core.Dispatching, halts: onFailure == OnFailure.Halt);
        _input = core.Open(_sink);
    }

    /// <inheritdoc cref="ProducerSink.Completion"/>
    public Task Completion => _sink.Completion;

    /// <summary>
    /// Sends one value, serialized on this thread without memory for the record. Waits and never throws, as <see
    /// cref="KafkaProducer.OnNext"/>; a value that cannot be serialized comes as a failed delivery (<see
    /// cref="ProduceErrorCode.Serialization"/>). Any thread.
    /// </summary>
    /// <param name="value">The value; null = Kafka's null, a tombstone.</param>
    public void OnNext(TValue value)
    {
        var buffer = SerializationBuffer.Rent();
        if (_encode(value, buffer) is { } fault)
        {
            RefuseWhenRoom(value, fault);
        }
        else
        {
            // Interceptors may keep it.
            var record = buffer.Borrowed(_topic);
            _input.OnNext(_core.Dispatching.Interceptors is null ? record : record.WithMemoryOfItsOwn(), value);
        }

        // OnNext returns when the bytes are copied.
        buffer.Return();
    }

    // A method of its own: what a lambda captures is an object, also where the lambda is not made.
    private void RefuseWhenRoom(TValue value, ProduceError fault) => _input.WhenRoom(() => _input.Refuse(value, fault));

    /// <inheritdoc cref="ProducerSink.OnError"/>
    public void OnError(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        _input.OnError(error);
    }

    /// <inheritdoc cref="ProducerSink.OnCompleted"/>
    public void OnCompleted() => _input.OnCompleted();

    /// <summary>Hears every outcome of this sink's values.</summary>
    /// <inheritdoc cref="ProducerSink.Subscribe"/>
    public IDisposable Subscribe(IObserver<Delivery<TValue>> observer) => _sink.Deliveries.Subscribe(observer);

    /// <inheritdoc cref="ProducerSink.DisposeAsync"/>
    public ValueTask DisposeAsync()
    {
        _input.OnCompleted();
        return new(_core.EndOf(_sink));
    }
}
