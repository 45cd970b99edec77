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
using Rx.Kafka.Network.Security;
using Rx.Kafka.Options;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Sending;
using Rx.Kafka.Sinks;
using Rx.Kafka.Telemetry;

namespace Rx.Kafka;

/// <summary>
/// The stages of one producer in the order that records flow through them, and their common life: flush, purge, fatal error, dispose.
/// </summary>
internal sealed partial class ProducerCore : IAsyncDisposable
{
    private const int MaximumAnswerBytes = 100 * 1024 * 1024;

    private readonly KafkaProducerOptions _options;
    private readonly ILogger _logger;
    private readonly PreciseTime? _ownTime;
    private readonly WallClock _clock;
    private readonly LoadTimer? _loads;
    private readonly ProducerMetrics _metrics;
    private readonly SinkEvents _events;
    private readonly SendingEvents _sendingEvents;
    private readonly FlushTracker _flushes = new();
    private readonly BufferPool _memory;
    private readonly OpenSinks _sinks = new();
    private readonly ControlLoop _control;
    private readonly TelemetryPush? _telemetry;
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
        var scheduler = options.Runtime.TaskScheduler;
        var clientId = options.EffectiveClientId();
        _metrics = new ProducerMetrics(clientId, Time, logger);
        _events = new SinkEvents(logger, _metrics, Time, scheduler);
        Dispatching = new DispatcherContext(options, Time, _events);

        var random = new Random(options.Runtime.Random.Next());
        _memory = new BufferPool(options.BufferMemory, options.BatchSize, ProducerBatch.Overheads, Time);
        var batching = NewBatching(scheduler, new SendTracing(clientId, options.TraceEachRecord, Time, scheduler, logger));
        _sendingEvents = new SendingEvents(logger, _metrics, Time, scheduler);
        var connector = NewConnector(clientId);
        var controlRandom = new Random(random.Next());
        _control = new ControlLoop(options, connector, controlRandom, new MetadataEvents(logger, _metrics, Time));
        Metadata = new ClusterMetadata(options, _control, controlRandom)
        {
            SnapshotChanged = SnapshotChanged,
            KeepTopic = topic => Admission!.KeepTopic(topic),
            Refused = cause => Admission!.EndLinesOfUnknownTopics(cause),
        };
        var idBackoff = new Backoff(LeastPause.OrMore(options.EffectiveRetryBackoff), options.RetryBackoffMax, controlRandom);
        var ids = new ProducerIds(options.EffectiveIdempotence, _control, idBackoff, _sendingEvents);
        var sending = new SendingContext
        {
            Options = options,
            Batching = batching,
            Metadata = Metadata,
            ProducerIds = ids,
            Connector = connector,
            Logger = logger,
            Events = _sendingEvents,
            Random = random,
            EndProducer = EndProducer,
        };
        _telemetry = options.EnableMetricsPush
            ? new TelemetryPush(_control, _metrics.Client, Describe, options.ClientRack, controlRandom) : null;
        _router = new LeaderRouter(sending);
        _memory.Pressure = () => _router.ForEach(static loop => loop.Wake());
        ids.Obtained = () => _router.ForEach(static loop => loop.Post(loop.ProducerIdObtained));
        ids.Refused = error => _router.ForEach(loop => loop.Post(() => loop.ProducerIdRefused(error)));
        _loads = options.AdaptivePartitioning ? new LoadTimer(() => Admission!.UpdateLoads(), Time, scheduler) : null;
        Admission = NewAdmission(batching, sending.NewRandom);
        Awaited = new SendCompletionPool(Admission);
        _metrics.AddGates(Describe);
        OptionNotes.Tell(logger, options);
    }

    public TimeProvider Time { get; }

    public ProducerRuntime Runtime => _options.Runtime;

    public RecordAdmission Admission { get; }

    public SendCompletionPool Awaited { get; }

    public ClusterMetadata Metadata { get; }

    /// <summary>Whose observers a thread calls when it may not wait for observers.</summary>
    public DispatcherContext Dispatching { get; }

    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposal) is not null, typeof(KafkaProducer));

    /// <summary>Opens a way in.</summary>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public SinkInput Open(DeliverySink sink)
    {
        ObjectDisposedException.ThrowIf(!_sinks.TryAdd(sink), typeof(KafkaProducer));
        return new SinkInput(sink, Admission, Dispatching, FlushAsync);
    }

    /// <summary>
    /// The same, for the sink of an operator: its streams end with an error if the producer is disposed before its source has ended.
    /// </summary>
    /// <inheritdoc cref="Open"/>
    public SinkInput OpenForOperator(DeliverySink sink)
    {
        sink.EndsByDispose = new ObjectDisposedException(
            typeof(KafkaProducer).FullName, "The producer was disposed before the source had ended.");
        return Open(sink);
    }

    public Task FlushAsync()
    {
        var flush = _flushes.Flush();
        _router.ForEach(static loop => loop.Wake());
        return flush;
    }

    public Task<IReadOnlyList<PartitionInfo>> GetPartitionsAsync(string topic, CancellationToken cancellationToken) =>
        Run(() => WaitForPartitionsAsync(topic, cancellationToken)).Unwrap();

    /// <summary>A look at everything that fills, waits and answers. Any thread.</summary>
    public ProducerStatus Describe()
    {
        var work = new OutstandingWork();
        Admission.AddTo(work);
        var now = Time.GetTimestamp();
        var brokers = new List<BrokerStatus>();
        _router.ForEach(loop =>
        {
            loop.Timeline.AddTo(work);
            if (loop.Describe(now) is { } broker)
            {
                brokers.Add(broker);
            }
        });

        var windows = Array.ConvertAll(_sinks.ToArray(), static sink => sink.Window);
        var endedBy = Volatile.Read(ref _endedBy);
        var cluster = Metadata.Current;
        return new ProducerStatus
        {
            BufferMemory = _memory.Total,
            BufferUsed = _memory.Used,
            WaitingRecords = work.WaitingRecords,
            BlockedCallers = work.BlockedCallers + windows.Sum(static window => window.Blocked),
            OpenBatches = work.OpenBatches,
            UndecidedBatches = work.UndecidedBatches,
            OldestRecordAge = work.OldestSince < now ? Time.GetElapsedTime(work.OldestSince, now) : TimeSpan.Zero,
            UnobservedDeliveries = windows.Sum(static window => window.Unobserved) + (Dispatching.Interceptors?.Window.Unobserved ?? 0),
            SinceMetadata = cluster.AnsweredAt is var at && at == long.MinValue ? null : Time.GetElapsedTime(at, now),
            ClusterId = cluster.ClusterId,
            ClusterBrokers = cluster.Describe(),
            Brokers = [.. brokers.OrderBy(static broker => broker.Id)],
            FatalError = endedBy == AdmissionContext.Closed ? null : endedBy,
            IsDisposed = Volatile.Read(ref _disposal) is not null,
        };
    }

    private void SnapshotChanged(ClusterSnapshot snapshot)
    {
        Admission.Update(snapshot);
        _router.Route(snapshot);
    }

    /// <summary>Runs work on the producer's scheduler.</summary>
    public Task<T> Run<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Runtime.TaskScheduler);

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
                var left = remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
                await news.On(Runtime.TaskScheduler).WaitAsync(left, Time, cancellationToken);
            }
            catch (TimeoutException)
            {
                var error = topic.UnknownInTime();
                throw error.Code == ProduceErrorCode.Authentication
                    ? new KafkaAuthenticationException(error.Message, error.Cause)
                    : new KafkaException(error.Message, error.Cause);
            }
        }
    }

    private Connector NewConnector(string clientId)
    {
        // A transport of the user's makes its connections as it likes.
        var tls = _options is { Transport: null, Security.Tls: { } options } ? new TlsClient(options, Time) : null;
        var transport = _options.Transport ?? new SocketTransport(_options, Time, tls);
        return new Connector(transport, Time, Runtime.TaskScheduler, clientId, _logger, MaximumAnswerBytes)
        {
            Tls = tls,
            Login = _options.Security?.Sasl is { } sasl ? new SaslLogin(sasl, Time) : null,
        };
    }

    private RecordAdmission NewAdmission(BatchingContext batching, Func<Random> newRandom)
    {
        var partitioner = _options.Partitioner?.ForProducer(newRandom());
        if (partitioner is null && _options.Partitioner is { } given)
        {
            throw new InvalidOperationException($"{given.GetType().Name}.ForProducer returned null; it must return a partitioner.");
        }

        var context = new AdmissionContext
        {
            Options = _options,
            Batching = batching,
            Metadata = Metadata,
            Partitioner = partitioner,
            NewRandom = newRandom,
            Loads = _loads,
        };
        return new RecordAdmission(
            context, _clock, (topic, partition, snapshot) => _router.CreateChannel(topic.Name, partition, topic.Load, snapshot));
    }

    private BatchingContext NewBatching(TaskScheduler scheduler, SendTracing tracing)
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
            Events = _events,
            Tracing = tracing,
            BatchSize = _options.BatchSize,
            MaxBlock = _options.MaxBlock,
            Compression = _options.EffectiveCompression,
            AdaptiveLinger = _options.AdaptiveLinger && _options.Linger > TimeSpan.Zero,
            CountAppends = _clock.CountAppends,
        };
    }
}
