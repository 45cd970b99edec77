using System.Reactive.Subjects;
using System.Threading.Channels;
using Rx.Kafka.Sinks;

namespace Rx.Kafka;

/// <summary>
/// A way into a <see cref="KafkaProducer"/> of its own: an observer of records and an observable of their outcomes. Independent sources
/// each get one (<see cref="KafkaProducer.OpenSink"/>): its end, its errors, its slow or failing observers touch no other. Any number of
/// threads may use it at once.
/// </summary>
/// <remarks>
/// Outcomes are hot: a subscriber sees those of records accepted after Subscribe returned, in order per partition, one at a time, on <see
/// cref="ProducerRuntime.TaskScheduler"/>; after the end just the terminal signal. Dispose it, or end its source: the producer keeps it
/// until then.
/// </remarks>
public sealed class ProducerSink : ISubject<Record, Delivery<Record>>, IAsyncDisposable
{
    private readonly ProducerCore _core;
    private readonly RecordSink _sink;
    private readonly SinkInput _input;

    internal ProducerSink(ProducerCore core, OnFailure onFailure)
    {
        _core = core;
        _sink = new RecordSink(core.Dispatching, halts: onFailure == OnFailure.Halt);
        _input = core.Open(_sink);
        Writer = new SinkWriter(_input);
    }

    /// <summary>Acknowledgements of this sink's records; failed ones do not appear.</summary>
    public IObservable<RecordMetadata> Acks => _sink.Acks;

    /// <summary>
    /// The sink as the end of a pipeline of channels; nothing of it blocks. <c>TryWrite</c> copies the record's bytes and is false while
    /// there is no room: while observers are more than <see cref="KafkaProducerOptions.MaxUnobservedDeliveries"/> outcomes behind, and
    /// while an earlier record waits for memory or for its topic's metadata, at most <see cref="KafkaProducerOptions.MaxBlock"/>.
    /// <c>WaitToWriteAsync</c> completes when there is room, and with false after the end. <c>WriteAsync</c> completes when the record
    /// is taken, and throws <see cref="ChannelClosedException"/> after the end; its token ends the wait for room. <c>Complete</c> is <see
    /// cref="OnCompleted"/>, with an error <see cref="OnError"/>. What is wrong with a record comes as a failed delivery.
    /// </summary>
    public ChannelWriter<Record> Writer { get; }

    /// <summary>
    /// Completes when, after <see cref="OnCompleted"/> or dispose, every record offered before has its outcome and the observers have
    /// returned from it. Faults as <see cref="KafkaProducer.Completion"/> does. Failed records do not fault it, unless the sink halts on
    /// failure: then it faults with the first one, as a <see cref="KafkaProduceException"/>.
    /// </summary>
    public Task Completion => _sink.Completion;

    /// <inheritdoc cref="KafkaProducer.OnNext"/>
    public void OnNext(Record value) => _input.OnNext(value);

    /// <summary>
    /// The source failed: what was accepted is still sent, then this sink's streams end with this error. Returns at once. Any thread.
    /// </summary>
    /// <param name="error">The source's error.</param>
    public void OnError(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        _input.OnError(error);
    }

    /// <summary>
    /// The source is at its end: what was accepted is sent without waiting for <see cref="KafkaProducerOptions.Linger"/>, then this
    /// sink's streams complete. Returns at once. Any thread.
    /// </summary>
    public void OnCompleted() => _input.OnCompleted();

    /// <summary>Hears every outcome of this sink's records, with the record itself.</summary>
    /// <param name="observer">
    /// Called on <see cref="ProducerRuntime.TaskScheduler"/>. One that throws is detached: it is logged, and <see cref="Completion"/>
    /// faults.
    /// </param>
    /// <returns>Dispose it to hear no more.</returns>
    public IDisposable Subscribe(IObserver<Delivery<Record>> observer) => _sink.Deliveries.Subscribe(observer);

    /// <summary>
    /// As <see cref="OnCompleted"/>, then waits for <see cref="Completion"/>, at most <see cref="KafkaProducerOptions.CloseTimeout"/>. What
    /// has no outcome by then stays on its way. Does not throw. The producer lives on.
    /// </summary>
    /// <returns>Completes on <see cref="ProducerRuntime.TaskScheduler"/>.</returns>
    public ValueTask DisposeAsync()
    {
        _input.OnCompleted();
        return new(_core.EndOf(_sink));
    }
}
