using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Network;
using Rx.Kafka.Options;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Metadata;

/// <summary>
/// Knows the cluster: one refresh loop on the scheduler with one await, which owns the control connection and all state here. Others read the
/// snapshot and leave wishes. The loop starts with the first wish.
/// </summary>
internal sealed class ClusterMetadata : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly AsyncSignal _wake = new();
    private readonly WatchedTopics _watched = new();
    private readonly LeaderHints _hints = new();
    private readonly ConnectWaiters _connectWaiters = new();
    private readonly ProducerIdRequests _producerIds;
    private readonly ControlConnection _control;
    private readonly MetadataRefresh _refresh;
    private readonly KafkaProducerOptions _options;
    private readonly TimeProvider _time;
    private readonly MetadataEvents _events;
    private Task? _loop;
    private volatile Exception? _lastFailure;
    private bool _refreshRequested;
    private volatile bool _disposed;
    private bool _roundFailed; // since the last answer

    /// <summary>Makes it; nothing is opened yet.</summary>
    /// <param name="options">Validated.</param>
    /// <param name="connector">Opens the control connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">This loop's own.</param>
    /// <param name="events">Where to tell of trouble.</param>
    public ClusterMetadata(KafkaProducerOptions options, Connector connector, TimeProvider time, Random random, MetadataEvents events)
    {
        _options = options;
        _time = time;
        _events = events;
        _control = new ControlConnection(connector, options, time, random, _wake, events);
        _producerIds = new ProducerIdRequests(time, _wake, new Backoff(LeastPause.OrMore(options.EffectiveRetryBackoff), options.RetryBackoffMax, random), events);
        _refresh = new MetadataRefresh(options, time, random, _wake, _watched, events.Logger);
    }

    /// <summary>Who hears of changes; set before the first wish.</summary>
    public IMetadataListener? Listener { get; set; }

    /// <summary>Asked on the refresh loop, without a lock, before an idle topic is dropped: true keeps it. Set before the first wish.</summary>
    public Func<string, bool> KeepTopic { get => _refresh.KeepTopic; set => _refresh.KeepTopic = value; }

    /// <summary>What is known now; never null, version 0 before the first answer.</summary>
    public ClusterSnapshot Current => _refresh.Current;

    /// <summary>Why the last attempt failed; null after a success.</summary>
    public Exception? LastFailure => _lastFailure;

    /// <summary>Notes interest in a topic, which also keeps it from being dropped as idle. A topic not watched yet is asked for at once, one that was forbidden again behind the back-off. Any thread; not for every record.</summary>
    public void Watch(string topic)
    {
        var interest = _disposed ? TopicInterest.Known : _watched.Watch(topic, _time.GetTimestamp());
        if (interest == TopicInterest.New)
        {
            Wake();
        }
        else if (interest == TopicInterest.Forbidden)
        {
            RequestRefresh();
        }
    }

    /// <summary>The last answer's error for a watched topic: 0 none (or no answer yet), 3 unknown, 17 invalid, 29 not authorized, ...</summary>
    public short TopicError(string topic) => _watched.Error(topic);

    /// <summary>Wants all topics refreshed, when the back-off allows. While a refresh runs: another one after it.</summary>
    public void RequestRefresh()
    {
        Volatile.Write(ref _refreshRequested, true);
        Wake();
    }

    /// <summary>Tells of a new leader that a broker named (KIP-951). Taken only if its epoch is newer than what is known.</summary>
    public void LeaderHint(string topic, int partition, int leaderId, int leaderEpoch, NodeEndpoint[] endpoints)
    {
        if (!_disposed)
        {
            _hints.Add(new LeaderHint(topic, partition, leaderId, leaderEpoch, endpoints));
            Wake();
        }
    }

    /// <summary>Asks for a new producer id; errors that may pass are retried inside.</summary>
    /// <exception cref="KafkaProduceException">Refused: not authorized, the broker cannot, or the producer was disposed.</exception>
    public Task<ProducerId> InitProducerIdAsync()
    {
        var task = _producerIds.Join();
        if (!Wake())
        {
            _producerIds.FailAll(Disposed);
        }

        return task;
    }

    /// <summary>Waits for the first metadata answer.</summary>
    /// <exception cref="KafkaException">Nobody answered in a full round over the bootstrap addresses.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken)
    {
        if (Current.Version > 0)
        {
            return Task.CompletedTask;
        }

        var task = _connectWaiters.Join(cancellationToken);
        Volatile.Write(ref _refreshRequested, true);
        if (!Wake())
        {
            _connectWaiters.Fail(Disposed);
        }

        return task;
    }

    /// <summary>Ends the loop and closes the control connection; who waits gets <see cref="ProduceErrorCode.Closed"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true; // from here on nobody starts the loop
        }

        _wake.Set();
        await (_loop ?? Task.CompletedTask);
        _producerIds.FailAll(Disposed);
        _connectWaiters.Fail(Disposed);
    }

    private static KafkaProduceException Disposed() => new(ProduceErrorCode.Closed, "The producer was disposed.");

    /// <summary>Wakes the loop, starting it if need be. False = disposed.</summary>
    private bool Wake()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return false;
            }

            _loop ??= Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _options.Runtime.Scheduler).Unwrap();
        }

        _wake.Set();
        return true;
    }

    private async Task RunAsync()
    {
        using var timer = _time.CreateTimer(static wake => ((AsyncSignal)wake!).Set(), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (!_disposed)
        {
            // Set anew each time: a timer may fire a little early, and is then needed again.
            var due = Pass();
            timer.Change(_time.Until(_time.GetTimestamp(), due), Timeout.InfiniteTimeSpan);
            await _wake.WaitAsync();
        }

        await _control.DisposeAsync();
    }

    /// <summary>One pass: takes in what came, starts what is due. Returns when to look again.</summary>
    private long Pass()
    {
        var now = _time.GetTimestamp();
        try
        {
            return Step(now);
        }
        catch (Exception e)
        {
            // A fault of ours (or of the listener): who waits is told, and the loop goes on behind the back-off.
            MetadataLog.LoopFailed(_events.Logger, e);
            var told = () => new KafkaException($"The refresh loop failed: {e.Message}", e);
            _producerIds.FailAll(told);
            _connectWaiters.Fail(told);
            _lastFailure = e;
            _refresh.Reset(now);
            _control.Rebootstrap(e);
            return _time.After(now, _options.RetryBackoffMax);
        }
    }

    private long Step(long now)
    {
        if (_control.Poll(now) is { } connectFailure)
        {
            Failed(now, connectFailure);
        }

        TakeAnswer(now);
        _control.Mute(now, _producerIds.Poll(now), ApiKey.InitProducerId);
        TakeHints();
        if (Interlocked.Exchange(ref _refreshRequested, false))
        {
            _refresh.Request();
        }

        // While a request is on its way there is a connection, or the news of its end is about to come.
        var idle = !_refresh.InFlight && !_producerIds.InFlight;
        if (idle && WantedAt <= now)
        {
            _control.Ensure(now, _refresh.BrokersToTry);
        }

        Send(now);
        var wanted = WantedAt;
        return Math.Min(wanted > now ? wanted : long.MaxValue, _control.DueAt(idle && wanted <= now));
    }

    /// <summary>When a request should go out.</summary>
    private long WantedAt => Math.Min(_refresh.Due, _producerIds.Due);

    private void Send(long now)
    {
        if (_control.CanSend(now) && _refresh.Due <= now)
        {
            _refresh.Send(_control.Connection!, now);
        }

        if (_control.CanSend(now) && _producerIds.Due <= now)
        {
            _producerIds.Send(_control.Connection!);
        }
    }

    private void TakeAnswer(long now)
    {
        if (!_refresh.TryTakeAnswer(now, out var failure, out var throttleMs))
        {
            return;
        }

        _control.Mute(now, throttleMs, ApiKey.Metadata);
        if (failure is null)
        {
            _control.Succeeded();
            _lastFailure = null;
            _roundFailed = false;
            _connectWaiters.Succeed();
            Listener?.SnapshotChanged(Current);
        }
        else if (_refresh.RebootstrapNow)
        {
            _control.Rebootstrap(failure);
            Tell(failure);
        }
        else
        {
            Failed(now, failure);
        }
    }

    private void TakeHints()
    {
        foreach (var hint in _hints.Take())
        {
            if (_refresh.Take(hint))
            {
                Listener?.SnapshotChanged(Current);
            }
        }
    }

    /// <summary>An attempt failed; after the last of a round those who wait for the first answer are told.</summary>
    private void Failed(long now, Exception cause)
    {
        if (_control.Failed(now, cause) is { } roundError)
        {
            // Loud once: while nobody answers there is a round each second.
            if (!Interlocked.Exchange(ref _roundFailed, true))
            {
                MetadataLog.RoundFailed(_events.Logger, roundError.Message);
            }

            _connectWaiters.Fail(() => new KafkaException(roundError.Message, roundError));
            cause = roundError;
        }

        Tell(cause);
    }

    private void Tell(Exception cause)
    {
        _lastFailure = cause;
        Listener?.RefreshFailed(cause);
    }
}
