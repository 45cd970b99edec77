using System.Text;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Options;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Admission;

/// <summary>
/// One topic: its channels once they are known, its sticky partitioner, and the line of records that wait for metadata, or, without key, for memory in any partition.
/// The line has its own lock, never held together with a gate.
/// </summary>
internal sealed class TopicAdmission : IWaitingPlace
{
    private readonly Lock _lock = new();
    private readonly WaitingLine _line = new();
    private readonly AdmissionContext _context;
    private readonly PartitionChoice _choice;
    private readonly SerialWork _drainer;
    private readonly Action _queueDrainer;

    /// <summary>By number, never taken back: a topic that is unknown for a while finds its channels again.</summary>
    private PartitionChannel[] _all = [];
    private TopicChannels? _channels;
    private ITimer? _timer;
    private ProduceError? _closedBy;

    /// <summary>Callers without outcome here. Counted without the lock too, so always by interlocked operations: one lost decrement would send all later records through the line.</summary>
    private int _waiting;
    private bool _isUsed;

    public TopicAdmission(string name, AdmissionContext context)
    {
        Name = name;
        NameUtf8 = Encoding.UTF8.GetBytes(name);
        _context = context;
        var options = context.Options;
        Sticky = new StickyPartitioner(Math.Max(1, options.BatchSize), options.EffectiveAdaptivePartitioning, options.EffectivePartitionAvailabilityTimeout, context.NewRandom());
        Load = new PartitionLoad(context.Loads);
        _choice = new PartitionChoice(this, context);
        _drainer = new SerialWork(Drain, context.Batching.Scheduler);
        _queueDrainer = _drainer.Queue;
    }

    public string Name { get; }

    public byte[] NameUtf8 { get; }

    public PartitionLoad Load { get; }

    public StickyPartitioner Sticky { get; }

    /// <summary>Null until the cluster told of the topic.</summary>
    public TopicChannels? Channels => Volatile.Read(ref _channels);

    /// <summary>Completes at the next news of the topic; somebody asks for its partitions.</summary>
    public TaskCompletionSource News { get; private set; } = NewNews();

    /// <summary>Whether records stand in line, so that no later one may overtake.</summary>
    public bool HasWaiters => Volatile.Read(ref _waiting) > 0;

    /// <summary>Takes a record if it can be placed at once.</summary>
    /// <returns>Placed; MustWait and the channel to wait in (null = this line); or why it was refused.</returns>
    public AppendResult TryPlace(in Record record, in RecordView view, Sink? sink, RecordCompletion? completion, out Placement placement, out PartitionChannel? mustWaitIn, out ProduceError? error, WaitingRecord? waiter = null)
    {
        placement = default;
        mustWaitIn = null;
        error = null;
        if (Channels is not { } channels)
        {
            error = RefusedTopic();
            return AppendResult.MustWait;
        }

        // Idle topics are dropped; this says that this one is not.
        if (!_isUsed)
        {
            _isUsed = true;
        }

        return _choice.TryPlace(channels, record, view, sink, completion, waiter, out placement, out mustWaitIn, out error);
    }

    /// <summary>Puts a caller at the end of the line.</summary>
    /// <returns>Why it was refused, or null.</returns>
    public ProduceError? Join(WaitingRecord waiter)
    {
        lock (_lock)
        {
            if (_closedBy is not null)
            {
                return _closedBy;
            }

            Interlocked.Increment(ref _waiting);
            _line.Add(waiter);
            waiter.Place = this;
        }

        _context.Metadata.Watch(Name);
        _drainer.Queue();
        return null;
    }

    public bool TryLeave(WaitingRecord waiter)
    {
        bool left;
        lock (_lock)
        {
            left = _line.Remove(waiter);
        }

        if (left)
        {
            Interlocked.Decrement(ref _waiting);
        }

        _drainer.Queue();
        return left;
    }

    /// <summary>News from the cluster: the partitions there are now, or null while the topic is unknown. Refresh loop, or the topic's first user.</summary>
    public void Update(TopicPartitions? partitions, Func<int, PartitionChannel> createChannel)
    {
        TaskCompletionSource news;
        lock (_lock)
        {
            // A topic that vanished for a moment keeps its channels; records that cannot be delivered expire.
            if (partitions is not null && Channels?.Partitions != partitions && _closedBy is null)
            {
                for (var i = _all.Length; i < partitions.Count; i++)
                {
                    _all = [.. _all, createChannel(i)];
                }

                Volatile.Write(ref _channels, new TopicChannels(partitions, _all[..partitions.Count]));
            }

            news = News;
            News = NewNews();
        }

        news.TrySetResult();
        if (HasWaiters)
        {
            _drainer.Queue();
        }
    }

    /// <summary>Whether records came since the last question, or stand in line.</summary>
    public bool WasUsed()
    {
        var used = _isUsed || HasWaiters;
        _isUsed = false;
        return used;
    }

    /// <summary>The topic was idle and is no longer watched: its metadata is asked for again at the next record.</summary>
    public void Forget() => Volatile.Write(ref _channels, null);

    /// <summary>Takes no more records and ends all that stand in line.</summary>
    public void CloseForever(ProduceError error)
    {
        lock (_lock)
        {
            _closedBy ??= error;
            _timer?.Dispose();
            _timer = null;
        }

        EndTopic(error);
        News.TrySetResult();
        foreach (var channel in _all)
        {
            channel.CloseForever(error);
        }
    }

    /// <summary>Ends all that stand in line, here and for its partitions (purge).</summary>
    public void EndLines(ProduceError error)
    {
        EndTopic(error);
        foreach (var channel in Channels?.Channels ?? [])
        {
            channel.EndLine(error);
        }
    }

    private void EndTopic(ProduceError error)
    {
        while (TryClaim(out var waiter))
        {
            End(waiter!, error);
        }
    }

    /// <summary>Why records of this topic cannot be taken at all, or null while it may still appear.</summary>
    public ProduceError? RefusedTopic()
    {
        var refusal = _context.TopicRefusal(Name);
        if (refusal is not null)
        {
            // What is forbidden may be allowed meanwhile: asked for again, behind the back-off.
            _context.Metadata.Watch(Name);
        }

        return refusal;
    }

    /// <summary>Why the topic did not become known in time.</summary>
    public ProduceError TimedOut() => _context.TopicTimeout(Name);

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Drain()
    {
        var refused = Channels is null ? RefusedTopic() : null;
        if (Channels is not null)
        {
            // Before the first try, else memory that comes back in between is missed.
            _context.Batching.Memory.CallWhenFreed(_queueDrainer);
        }

        while (TryClaim(out var claimed))
        {
            var waiter = claimed!;
            var remaining = _context.Batching.MaxBlock - _context.Batching.Time.GetElapsedTime(waiter.JoinedAt);
            if (refused is not null)
            {
                End(waiter, refused);
            }
            else if (remaining <= TimeSpan.Zero)
            {
                End(waiter, Channels is null ? _context.TopicTimeout(Name) : _context.TopicFull(Name));
            }
            else if (Channels is null || !TryPlace(waiter))
            {
                PutBack(waiter, remaining);
                return;
            }
        }
    }

    /// <returns>False when it must wait in this line.</returns>
    private bool TryPlace(WaitingRecord waiter)
    {
        if (!RecordView.TryTake(waiter.Record, waiter.Timestamp, out var view, out var unreadable))
        {
            End(waiter, unreadable);
            return true;
        }

        var result = TryPlace(waiter.Record, view, waiter.Sink, waiter.Completion, out _, out var mustWaitIn, out var error, waiter);
        if (result == AppendResult.Placed)
        {
            Interlocked.Decrement(ref _waiting);
            waiter.Sink?.Leave();
            waiter.ConfirmPlaced();
            return true;
        }

        if (error is null && result == AppendResult.MustWait && mustWaitIn is null)
        {
            return false;
        }

        error ??= result switch
        {
            AppendResult.MustWait => mustWaitIn!.Join(waiter),
            _ => _closedBy ?? AdmissionContext.Closed,
        };
        if (error is not null)
        {
            End(waiter, error);
            return true;
        }

        Interlocked.Decrement(ref _waiting);
        if (waiter.IsWithdrawn && mustWaitIn!.TryLeave(waiter))
        {
            _context.EndWithdrawn(waiter);
        }

        return true;
    }

    private bool TryClaim(out WaitingRecord? waiter)
    {
        lock (_lock)
        {
            waiter = _line.First;
            if (waiter is not null)
            {
                _line.Remove(waiter);
            }
        }

        return waiter is not null;
    }

    private void PutBack(WaitingRecord waiter, TimeSpan remaining)
    {
        lock (_lock)
        {
            if (_closedBy is null && !waiter.IsWithdrawn)
            {
                _line.AddFirst(waiter);
                _timer ??= _context.Batching.Time.CreateTimer(static work => ((SerialWork)work!).Queue(), _drainer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(remaining, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        if (_closedBy is { } closed)
        {
            End(waiter, closed);
        }
        else
        {
            Interlocked.Decrement(ref _waiting);
            _context.EndWithdrawn(waiter);
            _drainer.Queue();
        }
    }

    private void End(WaitingRecord waiter, ProduceError error)
    {
        Interlocked.Decrement(ref _waiting);
        waiter.Refuse(error);
        _context.Batching.Flushes.Leave(waiter.Generation);
    }
}

/// <summary>A topic's partitions as of one snapshot, each with its channel. Immutable.</summary>
internal sealed record TopicChannels(TopicPartitions Partitions, PartitionChannel[] Channels);
