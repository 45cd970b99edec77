using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using Rx.Kafka.Admission;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Control;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Memory;
using Rx.Kafka.Metadata;
using Rx.Kafka.Network;
using Rx.Kafka.Options;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Sending;
using Rx.Kafka.Sinks;

namespace Rx.Kafka;

/// <summary>
/// The stages of one producer in the order that records flow through them, and their common life: flush, purge, fatal error, dispose.
/// </summary>
internal sealed class ProducerCore : IAsyncDisposable
{
    private const int MaximumAnswerBytes = 100 * 1024 * 1024;

    private readonly KafkaProducerOptions _options;
    private readonly ILogger _logger;
    private readonly PreciseTime? _ownTime;
    private readonly WallClock _clock;
    private readonly LoadTimer? _loads;
    private readonly ProducerMetrics _metrics;
    private readonly FlushTracker _flushes = new();
    private readonly BufferPool _memory;
    private readonly ControlLoop _control;
    private readonly LeaderRouter _router;
    private readonly Lock _lock = new();
    private ProduceError? _endedBy;
    private Task? _disposal;

    public ProducerCore(KafkaProducerOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        Time = options.Runtime.Time ?? (_ownTime = new PreciseTime());
        _clock = new WallClock(Time);
        Dispatching = new DispatcherContext(options.Runtime, logger);
        Root = new RecordSink(options.MaxUnobservedDeliveries, Dispatching);

        var scheduler = options.Runtime.Scheduler;
        var random = new Random(options.Runtime.Random.Next());
        _memory = new BufferPool(options.BufferMemory, options.BatchSize, ProducerBatch.Overheads, Time);
        var batching = NewBatching(scheduler);
        var clientId = options.EffectiveClientId();
        _metrics = new ProducerMetrics(clientId);
        var events = new SendingEvents(logger, _metrics, Time);
        var connector = NewConnector(clientId);
        var controlRandom = new Random(random.Next());
        _control = new ControlLoop(options, connector, controlRandom, new MetadataEvents(logger, _metrics, Time));
        Metadata = new ClusterMetadata(options, _control, controlRandom)
        {
            SnapshotChanged = SnapshotChanged,
            KeepTopic = topic => Admission!.KeepTopic(topic),
        };
        var idBackoff = new Backoff(LeastPause.OrMore(options.EffectiveRetryBackoff), options.RetryBackoffMax, controlRandom);
        var ids = new ProducerIds(options.EffectiveIdempotence, _control, idBackoff, events);
        var sending = new SendingContext
        {
            Options = options,
            Batching = batching,
            Metadata = Metadata,
            ProducerIds = ids,
            Connector = connector,
            Logger = logger,
            Events = events,
            Random = random,
            EndProducer = EndProducer,
        };
        _router = new LeaderRouter(sending);
        _memory.Pressure = () => _router.ForEach(static loop => loop.Wake());
        ids.Obtained = () => _router.ForEach(static loop => loop.Post(loop.ProducerIdObtained));
        ids.Refused = error => _router.ForEach(loop => loop.Post(() => loop.ProducerIdRefused(error)));
        _loads = options.EffectiveAdaptivePartitioning ? new LoadTimer(() => Admission!.UpdateLoads(), Time, scheduler) : null;
        Admission = NewAdmission(batching, sending.NewRandom);
        Awaited = new SendCompletionPool(Admission);
        OptionNotes.Tell(logger, options);
    }

    /// <summary>The sink that the producer itself is.</summary>
    public RecordSink Root { get; }

    public TimeProvider Time { get; }

    public ProducerRuntime Runtime => _options.Runtime;

    public RecordAdmission Admission { get; }

    public SendCompletionPool Awaited { get; }

    public ClusterMetadata Metadata { get; }

    /// <summary>Whose observers a thread calls when it may not wait for observers.</summary>
    public DispatcherContext Dispatching { get; }

    /// <summary>Disposed, or ended by a fatal error.</summary>
    public bool HasEnded => Volatile.Read(ref _endedBy) is not null;

    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposal) is not null, typeof(KafkaProducer));

    public void SourceFailed(Exception error)
    {
        SinkLog.SourceFailed(_logger, error);
        _ = FlushAsync();
    }

    public Task FlushAsync()
    {
        var flush = _flushes.Flush();
        _router.ForEach(static loop => loop.Wake());
        return flush;
    }

    public Task PurgeAsync()
    {
        var error = new ProduceError(ProduceErrorCode.Aborted, "Given up by PurgeAsync.");
        var generation = _flushes.Current;
        Admission.EndLines(error);

        // Before the flush, which would send what is open and shall be given up.
        _router.ForEach(loop => loop.Post(() => loop.GiveUp(generation, error)));
        var flush = FlushAsync();

        // Who joined a line in between counts in the flush.
        Admission.EndLines(error);
        return flush;
    }

    public Task<IReadOnlyList<PartitionInfo>> GetPartitionsAsync(string topic, CancellationToken cancellationToken) =>
        Run(() => WaitForPartitionsAsync(topic, cancellationToken)).Unwrap();

    private void SnapshotChanged(ClusterSnapshot snapshot)
    {
        Admission.Update(snapshot);
        _router.Route(snapshot);
    }

    /// <summary>Ends everything once, for whoever asks.</summary>
    public ValueTask DisposeAsync()
    {
        var calledByObserver = DispatcherContext.Current == Dispatching;
        lock (_lock)
        {
            _disposal ??= Run(() => CloseAsync(calledByObserver)).Unwrap();
            return new(_disposal);
        }
    }

    private Task<T> Run<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Runtime.Scheduler);

    private async Task<IReadOnlyList<PartitionInfo>> WaitForPartitionsAsync(string name, CancellationToken cancellationToken)
    {
        var started = Time.GetTimestamp();
        var topic = Admission.TopicOf(name);
        while (true)
        {
            var news = topic.News.Task;
            if (topic.Channels is not null && Metadata.Current.Topic(name) is { } metadata)
            {
                return metadata.Describe();
            }

            if (topic.RefusedTopic() is { } refused)
            {
                throw new KafkaException(refused.Message);
            }

            ThrowIfDisposed();
            var remaining = _options.MaxBlock - Time.GetElapsedTime(started);
            try
            {
                Metadata.Watch(name);
                await news.On(Runtime.Scheduler).WaitAsync(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, Time, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw new KafkaException(topic.UnknownInTime().Message, Metadata.LastFailure);
            }
        }
    }

    private Connector NewConnector(string clientId)
    {
        var transport = _options.Transport
            ?? new SocketTransport(_options.SendBufferBytes, _options.ReceiveBufferBytes, _options.MaxRequestSize);
        return new Connector(transport, Time, Runtime.Scheduler, clientId, _logger, MaximumAnswerBytes);
    }

    private RecordAdmission NewAdmission(BatchingContext batching, Func<Random> newRandom)
    {
        var context = new AdmissionContext
        {
            Options = _options,
            Batching = batching,
            Metadata = Metadata,
            NewRandom = newRandom,
            Loads = _loads,
        };
        return new RecordAdmission(
            context, _clock, (topic, partition, snapshot) => _router.CreateChannel(topic.Name, partition, topic.Load, snapshot));
    }

    private BatchingContext NewBatching(TaskScheduler scheduler)
    {
        var batches = (int)Math.Clamp(_options.BufferMemory / 4096, 64, 65536);
        return new BatchingContext
        {
            Memory = _memory,
            Flushes = _flushes,
            SharedCompletions = new SharedCompletionPool(new ContinuationQueue(scheduler), _options.BufferMemory),
            Batches = new DefaultObjectPool<ProducerBatch>(new DefaultPooledObjectPolicy<ProducerBatch>(), batches),
            Scheduler = scheduler,
            Time = Time,
            BatchSize = _options.BatchSize,
            MaxBlock = _options.MaxBlock,
            CountAppends = _clock.CountAppends,
        };
    }

    private async Task CloseAsync(bool calledByObserver)
    {
        var timeout = $"CloseTimeout ({_options.CloseTimeout.TotalMilliseconds:0} ms)";
        var closed = new ProduceError(ProduceErrorCode.Closed, $"The producer was disposed, and {timeout} was over.");
        Interlocked.CompareExchange(ref _endedBy, closed, null);
        var started = Time.GetTimestamp();
        Admission.Close(AdmissionContext.Closed);
        Root.Window.Close();
        if (!await EndsWithin(FlushAsync(), started))
        {
            SinkLog.CloseTimedOut(_logger, _options.CloseTimeout.TotalMilliseconds);
            await GiveUpForGood(closed);
        }

        Root.Terminate(null);
        if (!calledByObserver)
        {
            await EndsWithin(Root.Completion, started);
        }

        _loads?.Dispose();
        await _control.DisposeAsync();
        await _router.DisposeAsync();
        _memory.Dispose();
        _metrics.Dispose();
        _clock.Dispose();
        _ownTime?.Dispose();
    }

    private async Task<bool> EndsWithin(Task task, long started)
    {
        var remaining = _options.CloseTimeout - Time.GetElapsedTime(started);
        try
        {
            await task.On(Runtime.Scheduler).WaitAsync(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, Time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (Exception)
        {
            // A sink that ended with its source's error.
            return task.IsCompleted;
        }
    }

    /// <summary>Decides everything that is accepted; nothing more is.</summary>
    private Task GiveUpForGood(ProduceError error)
    {
        _router.ForEach(loop => loop.Post(() => loop.GiveUpFromNowOn(error)));
        return FlushAsync();
    }

    /// <summary>A fatal error: everything outstanding fails with it, and the streams end by it.</summary>
    private void EndProducer(ProduceError error)
    {
        if (Interlocked.CompareExchange(ref _endedBy, error, null) is not null)
        {
            return;
        }

        SinkLog.Fatal(_logger, error.Message);
        Admission.Close(error);
        _ = GiveUpForGood(error);
        Root.Window.Close();
        Root.Fault(error.ToException());
    }
}
