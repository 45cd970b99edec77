using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rx.Kafka.Admission;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Options;
using Rx.Kafka.Sinks;

namespace Rx.Kafka;

/// <summary>
/// A Kafka producer that is an observer of records: <c>events.Subscribe(producer)</c>. Acknowledgements come back as <see cref="Acks"/>,
/// every outcome as <see cref="Deliveries"/>, and code that asks one by one awaits <see cref="SendAsync"/>. Any number of threads may use
/// one producer at once; an application needs one per cluster.
/// </summary>
/// <remarks>
/// Back-pressure is waiting: while memory is full or observers lag behind, <see cref="OnNext"/> returns late and <see cref="SendAsync"/>
/// completes late. On servers prefer the awaiting calls: blocked pool threads are costly. Records of one thread to one partition keep
/// their order, whichever call brings them.
/// <para>Dispose it: one that is only forgotten keeps its connections, their loops, a timer thread and its memory until the process
/// ends, and records that wait for <see cref="KafkaProducerOptions.Linger"/> when the process ends are lost.</para>
/// </remarks>
public sealed partial class KafkaProducer : IKafkaProducer, IDisposable
{
    private readonly ProducerCore _core;
    private readonly RecordSink _root;
    private readonly SinkInput _input;

    /// <summary>
    /// Makes a producer. No thread is started and nothing is opened before the first record, or <see cref="ConnectAsync"/>.
    /// </summary>
    /// <param name="options">Validated and copied; later changes do nothing.</param>
    /// <param name="loggerFactory">Where to log; null = nowhere. What a logger throws is dropped.</param>
    /// <exception cref="ArgumentException">An option is wrong; the text names every fault at once.</exception>
    public KafkaProducer(KafkaProducerOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Rx.Kafka.Producer");
        _core = new ProducerCore(options.Frozen(), new SafeLogger(logger));
        _root = new RecordSink(_core.Dispatching);
        _input = _core.Open(_root);
    }

    /// <summary>
    /// Acknowledgements of the records that came through this producer's <see cref="OnNext"/>; not those of <see cref="SendAsync"/>. Hot:
    /// a subscriber sees every record accepted after Subscribe returned, in order per partition. Called on <see
    /// cref="ProducerRuntime.TaskScheduler"/>, one at a time. Failed records do not appear. Ends after <see cref="OnCompleted"/> or
    /// dispose, with an error after <see cref="OnError"/> or a fatal error.
    /// </summary>
    public IObservable<RecordMetadata> Acks => _root.Acks;

    /// <summary>
    /// Every outcome of the records that came through this producer's <see cref="OnNext"/>, with the record itself; otherwise as <see
    /// cref="Acks"/>.
    /// </summary>
    public IObservable<Delivery<Record>> Deliveries => _root.Deliveries;

    /// <summary>
    /// Completes when, after <see cref="OnCompleted"/> or dispose, every record offered before has its outcome and the observers have
    /// returned from it. Faults then with the error of <see cref="OnError"/>; with a <see cref="KafkaProduceException"/> after a fatal
    /// error, and if a record came after the source had ended but before the streams had (later ones are in the log and the counter
    /// alone); with the exception of the first observer that threw; with a <see cref="TimeoutException"/> if dispose did not wait any
    /// longer for an observer that stands still. Failed records do not fault it.
    /// </summary>
    public Task Completion => _root.Completion;

    /// <summary>For operators.</summary>
    internal ProducerCore Core => _core;

    /// <summary>
    /// Takes one record. Returns when its bytes are copied; blocks while there is no memory or no metadata for it, and while observers
    /// are more than <see cref="KafkaProducerOptions.MaxUnobservedDeliveries"/> outcomes behind: for each at most <see
    /// cref="KafkaProducerOptions.MaxBlock"/>, then the record fails. A wait of more than a second is logged. Never throws: what is wrong
    /// with a record comes as a failed delivery, and is counted and logged. An observer of this producer's streams may call it: it does
    /// not wait for observers then, and is heard also after <see cref="OnCompleted"/>, until the streams end. Any thread.
    /// </summary>
    /// <remarks>
    /// After <see cref="OnCompleted"/> or <see cref="OnError"/>, after dispose and after a fatal error a record is refused. The first
    /// means that two sources share this observer and one has ended, so <see cref="Completion"/> faults too. Merge them, or subscribe
    /// each by OnNext alone (<c>source.Subscribe(producer.OnNext)</c>) and call OnCompleted when all have ended. Refused records are
    /// told to <see cref="Deliveries"/>, unless observers are more than 1,000 outcomes and more than eight times <see
    /// cref="KafkaProducerOptions.MaxUnobservedDeliveries"/> behind: then only the log and the counter tell. After dispose the counters
    /// go on, and the log has at most a line a second.
    /// </remarks>
    /// <param name="value">The record.</param>
    public void OnNext(Record value) => _input.OnNext(value);

    /// <summary>
    /// The source failed: what was accepted is still sent, then the streams end with this error. Returns at once. Any thread.
    /// </summary>
    /// <param name="error">The source's error.</param>
    public void OnError(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        _input.OnError(error);
    }

    /// <summary>
    /// The source is at its end: what was accepted is sent without waiting for <see cref="KafkaProducerOptions.Linger"/>, then the
    /// streams complete. Returns at once. Any thread.
    /// </summary>
    public void OnCompleted() => _input.OnCompleted();

    /// <summary>
    /// Opens a way in of its own for another source. Its end and its errors touch no other sink. Any thread.
    /// </summary>
    /// <param name="onFailure">What happens to later records after one has failed. Default: they go on.</param>
    /// <returns>An observer of records and an observable of their outcomes; dispose it, or end its source.</returns>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public ProducerSink OpenSink(OnFailure onFailure = OnFailure.Continue)
    {
        _core.ThrowIfDisposed();
        return new ProducerSink(_core, onFailure);
    }

    /// <summary>
    /// Sends one record; the result is its acknowledgement. The call returns at once; its bytes are copied before the result comes, so
    /// keep them until then. Awaiting is cheap: no object per record, unless it stands in line or can be cancelled. Await it once
    /// (<c>AsTask()</c> for more, or to block). Any thread; the continuation runs in the awaiting context, else on <see
    /// cref="ProducerRuntime.TaskScheduler"/>.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Before the record is accepted it is withdrawn for certain; later only the await ends.</param>
    /// <returns>Where the record stands on the log.</returns>
    /// <exception cref="KafkaProduceException">By the await: the record failed.</exception>
    /// <exception cref="SendCanceledException">By the await: cancelled; it says whether the record was withdrawn.</exception>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public ValueTask<RecordMetadata> SendAsync(Record record, CancellationToken cancellationToken = default)
    {
        _core.ThrowIfDisposed();
        if (cancellationToken.IsCancellationRequested)
        {
            return SendCompletion.CancelledAsync<RecordMetadata>(cancellationToken);
        }

        if (_core.Dispatching.Interceptors is { } interceptors)
        {
            return _core.Awaited.Rent().SendAsync(interceptors.OnSend(record), cancellationToken, interceptors);
        }

        if (cancellationToken.CanBeCanceled)
        {
            return _core.Awaited.Rent().SendAsync(record, cancellationToken);
        }

        var offer = new RecordOffer(record);
        return _core.Admission.Offer(ref offer) switch
        {
            OfferResult.Placed => new ValueTask<RecordMetadata>(offer.Shared!, offer.Token),
            OfferResult.NeedsCompletion => _core.Awaited.Rent().SendAsync(offer.Record, CancellationToken.None, trace: offer.Trace),
            _ => ValueTask.FromException<RecordMetadata>(offer.Error!.ToException()),
        };
    }

    /// <summary>
    /// Sends many records; one await for all. They are offered in order within the call, as by a loop of <see cref="SendAsync"/>: those
    /// without room stand in line, so keep the records' bytes until the result comes; the span itself may be used again at once. For more
    /// than <see cref="KafkaProducerOptions.BufferMemory"/> holds prefer a sequence (<c>AsEnumerable()</c>), of which only one record at a
    /// time stands in line. Any thread; the continuation runs in the awaiting context, else on <see cref="ProducerRuntime.TaskScheduler"/>.
    /// </summary>
    /// <param name="records">The records; an array and a collection expression are such a span.</param>
    /// <param name="cancellationToken">
    /// No more records are offered, and those in line are withdrawn for certain; what was accepted goes its way. The await ends, without
    /// outcomes.
    /// </param>
    /// <returns>
    /// The outcome of each record, in their order, when all have one. A failed record is a value among them and throws nothing: ask <see
    /// cref="SendResults.AllSucceeded"/>, or call <see cref="SendResults.ThrowIfFailed"/>. Dispose it to reuse its memory.
    /// </returns>
    /// <exception cref="OperationCanceledException">By the await: cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The producer was disposed before the call.</exception>
    // Older compilers take an array for either.
    [OverloadResolutionPriority(1)]
    public ValueTask<SendResults> SendAllAsync(ReadOnlySpan<Record> records, CancellationToken cancellationToken = default)
    {
        _core.ThrowIfDisposed();
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<SendResults>(cancellationToken)
            : NewSendAll(records.Length, cancellationToken).SendAsync(records);
    }

    /// <summary>
    /// Sends a sequence of records; one await for all. It is enumerated on <see cref="ProducerRuntime.TaskScheduler"/>, one record at a
    /// time. While a record has no room the next is not asked for, so a sequence longer than memory is sent as it can be, and the bytes of
    /// each record may be used again when the next one is asked for. Their order is kept; but what you send besides, before the await ends,
    /// comes anywhere between. The result has some 40 bytes per record: an endless sequence is for <c>Subscribe(producer)</c>.
    /// </summary>
    /// <param name="records">The records, enumerated once.</param>
    /// <param name="cancellationToken">
    /// No more records are asked for, and one that stands in line is withdrawn for certain; what was accepted goes its way. The await ends,
    /// without outcomes.
    /// </param>
    /// <returns><inheritdoc cref="SendAllAsync(ReadOnlySpan{Record}, CancellationToken)" path="/returns"/></returns>
    /// <exception cref="Exception">
    /// By the await: what the sequence threw, after every record it gave before has its outcome.
    /// </exception>
    /// <exception cref="OperationCanceledException">By the await: cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The producer was disposed before the call.</exception>
    public ValueTask<SendResults> SendAllAsync(IEnumerable<Record> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        _core.ThrowIfDisposed();
        var expected = records.TryGetNonEnumeratedCount(out var count) ? count : 0;
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<SendResults>(cancellationToken)
            : NewSendAll(expected, cancellationToken).SendAsync(records);
    }

    /// <summary>
    /// Sends one record in two steps: the outer await is its acceptance (its bytes are copied), the inner one its acknowledgement. While
    /// interceptors are <see cref="KafkaProducerOptions.MaxUnobservedDeliveries"/> outcomes behind, the outer one waits for them too, for
    /// at most <see cref="KafkaProducerOptions.MaxBlock"/>. Any thread.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">
    /// Withdraws the record while it is not accepted; after that it ends the wait for interceptors.
    /// </param>
    /// <returns>The acknowledgement's task; a fault of it that nobody looks at is logged, not raised.</returns>
    /// <exception cref="KafkaProduceException">By the outer await: not accepted. By the inner one: the record failed.</exception>
    /// <exception cref="SendCanceledException">By the outer await: cancelled, and the record was withdrawn.</exception>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public ValueTask<Task<RecordMetadata>> EnqueueAsync(Record record, CancellationToken cancellationToken = default)
    {
        _core.ThrowIfDisposed();
        return cancellationToken.IsCancellationRequested
            ? SendCompletion.CancelledAsync<Task<RecordMetadata>>(cancellationToken)
            : new EnqueueCompletion().EnqueueAsync(_core.Admission, record, _core.Dispatching.Interceptors, cancellationToken);
    }

    /// <summary>Connects now, to fail early; optional.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Completes when a broker has described the cluster.</returns>
    /// <exception cref="KafkaException">By the await: no bootstrap server answered as a Kafka broker; the text says what each
    /// did.</exception>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public ValueTask ConnectAsync(CancellationToken cancellationToken = default)
    {
        _core.ThrowIfDisposed();
        return new(_core.Metadata.ConnectAsync(cancellationToken));
    }

    /// <summary>
    /// The partitions of a topic, as the brokers describe them now; waits for them at most <see cref="KafkaProducerOptions.MaxBlock"/>.
    /// </summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One entry per partition, ascending.</returns>
    /// <exception cref="ArgumentException">The name is empty or longer than 249 characters.</exception>
    /// <exception cref="KafkaException">By the await: the topic is unknown, invalid or forbidden, or no broker answered in
    /// time.</exception>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public ValueTask<IReadOnlyList<PartitionInfo>> GetPartitionsAsync(string topic, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(topic.Length, RecordAdmission.LongestName, nameof(topic));
        _core.ThrowIfDisposed();
        return new(_core.GetPartitionsAsync(topic, cancellationToken));
    }

    /// <summary>
    /// A look at the running producer, for health checks and live views: nothing is sent and nothing waits. It visits every partition that
    /// was used, so ask a few times a second at most. Any thread, also after dispose.
    /// </summary>
    /// <returns>What is there now.</returns>
    public ProducerStatus GetStatus() => _core.Describe();

    /// <summary>
    /// Completes when every record accepted or waiting in line now has its outcome; later ones do not extend it. Does not wait for
    /// observers, and does not throw for failed records.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait, not the flush.</param>
    /// <returns>Completes on <see cref="ProducerRuntime.TaskScheduler"/>.</returns>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) =>
        new(_core.FlushAsync().On(_core.Runtime.TaskScheduler).WaitAsync(cancellationToken));

    /// <summary>
    /// Takes no more records, sends what was offered before (also what stands in line) without waiting for linger, for at most <see
    /// cref="KafkaProducerOptions.CloseTimeout"/>; the rest fails as <see cref="ProduceErrorCode.Closed"/>. Then the streams complete and
    /// all connections, timers and threads end. Calls after the first wait for the same end.
    /// </summary>
    /// <returns>
    /// Completes when all is closed; observers that run longer than the timeout are not waited for, and fault <see cref="Completion"/>.
    /// </returns>
    public ValueTask DisposeAsync() => _core.DisposeAsync();

    /// <summary>As <see cref="DisposeAsync"/>, blocking.</summary>
    public void Dispose() => _core.Runtime.Wait(_core.DisposeAsync().AsTask());

    private SendAll NewSendAll(int expected, CancellationToken cancellationToken) =>
        new(_core.Admission, _core.Awaited, _core.Dispatching.Interceptors, expected, cancellationToken);
}
