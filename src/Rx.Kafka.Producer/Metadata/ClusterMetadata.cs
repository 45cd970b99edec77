using Rx.Kafka.Control;

namespace Rx.Kafka.Metadata;

/// <summary>
/// What is known of the cluster, for all threads: they read the snapshot and leave wishes, which the control loop grants.
/// </summary>
internal sealed class ClusterMetadata
{
    private readonly WatchedTopics _watched = new();
    private readonly LeaderHints _hints = new();
    private readonly MetadataRefresh _refresh;
    private readonly ControlLoop _loop;
    private readonly TaskScheduler _scheduler;

    /// <summary>Makes it, with a task for the loop.</summary>
    public ClusterMetadata(KafkaProducerOptions options, ControlLoop loop, Random random)
    {
        _loop = loop;
        _scheduler = options.Runtime.TaskScheduler;
        _refresh = new MetadataRefresh(options, loop, random, _watched, _hints);
    }

    /// <summary>
    /// Called on the control loop after each answer, and after leader hints that were taken; it only posts. Set before the first wish.
    /// </summary>
    public Action<ClusterSnapshot>? SnapshotChanged { get => _refresh.SnapshotChanged; set => _refresh.SnapshotChanged = value; }

    /// <summary>
    /// Called on the control loop after each round in which no broker took this client's credential; it only posts. Set before the first
    /// wish.
    /// </summary>
    public Action<Exception>? Refused { get => _refresh.Refused; set => _refresh.Refused = value; }

    /// <summary>
    /// Asked on the control loop, without a lock, before an idle topic is dropped: true keeps it. Set before the first wish.
    /// </summary>
    public Func<string, bool> KeepTopic { get => _refresh.KeepTopic; set => _refresh.KeepTopic = value; }

    /// <summary>What is known now; never null, version 0 before the first answer.</summary>
    public ClusterSnapshot Current => _refresh.Current;

    /// <summary>Why the last attempt failed; null after a success.</summary>
    public Exception? LastFailure => _loop.LastFailure;

    /// <summary>
    /// Notes interest in a topic, which also keeps it from being dropped as idle. A topic not watched yet is asked for at once, one
    /// that was forbidden again after the back-off. Any thread; not for every record.
    /// </summary>
    public void Watch(string topic)
    {
        var interest = _loop.IsDisposed ? TopicInterest.Known : _watched.Watch(topic, _loop.Time.GetTimestamp());
        if (interest == TopicInterest.New)
        {
            _loop.Wish();
        }
        else if (interest == TopicInterest.Forbidden)
        {
            RequestRefresh();
        }
    }

    /// <summary>
    /// The last answer's error for a watched topic: 0 none (or no answer yet), 3 unknown, 17 invalid, 29 not authorized, ...
    /// </summary>
    public short TopicError(string topic) => _watched.Error(topic);

    /// <summary>Wants all topics refreshed, when the back-off allows. While a refresh runs: another one after it.</summary>
    public void RequestRefresh()
    {
        _refresh.Request();
        _loop.Wish();
    }

    /// <summary>Tells of a new leader that a broker named (KIP-951). Taken only if its epoch is newer than what is known.</summary>
    public void LeaderHint(in LeaderHint hint)
    {
        if (!_loop.IsDisposed)
        {
            _hints.Add(hint);
            _loop.Wish();
        }
    }

    /// <summary>Waits for the first metadata answer.</summary>
    /// <exception cref="KafkaException">Nobody answered in a full round over the bootstrap addresses; or the producer was
    /// disposed.</exception>
    public Task ConnectAsync(CancellationToken cancellationToken)
    {
        if (Current.Version > 0)
        {
            return Task.CompletedTask;
        }

        var waiting = _refresh.FirstAnswer.ContinueWith(
            ThrowOwnErrorAsync, cancellationToken, TaskContinuationOptions.DenyChildAttach, _scheduler).Unwrap();

        // Looked at here: a failure that nobody awaits is logged, not raised.
        _ = waiting.ContinueWith(
            static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, _scheduler);
        _refresh.Request();
        if (!_loop.Wish())
        {
            _refresh.Disposed();
        }

        return waiting;
    }

    /// <summary>Each caller gets an error object of its own.</summary>
    private static async Task ThrowOwnErrorAsync(Task<Func<Exception>?> first)
    {
        if (await first is { } error)
        {
            throw error();
        }
    }
}
