using Rx.Kafka.Batching;
using Rx.Kafka.Options;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Admission;

/// <summary>
/// One topic: its channels once they are known, its sticky partitioner, and the line of records that wait for metadata, or, without key,
/// for memory in any partition. Its lock guards the channels; it is never held together with a gate.
/// </summary>
internal sealed class TopicAdmission : IWaitingPlace
{
    private readonly Lock _lock = new();
    private readonly AdmissionContext _context;
    private readonly WaitingRecords _waiting;

    /// <summary>By number, never taken back: a topic that is unknown for a while finds its channels again.</summary>
    private PartitionChannel[] _all = [];
    private TopicChannels? _channels;
    private bool _isClosed;

    /// <summary>Written without a lock: a lost mark of one record is made by the next.</summary>
    private bool _isUsed;

    public TopicAdmission(string name, AdmissionContext context)
    {
        Name = new TopicName(name);
        _context = context;
        var options = context.Options;
        Sticky = new StickyPartitioner(
            Math.Max(1, options.BatchSize),
            options.EffectiveAdaptivePartitioning, options.EffectivePartitionAvailabilityTimeout, context.NewRandom());
        Load = new PartitionLoad(context.Loads);
        Choice = new PartitionChoice(this, context);
        _waiting = new WaitingRecords(this, context.Batching);
    }

    public TopicName Name { get; }

    public PartitionChoice Choice { get; }

    public PartitionLoad Load { get; }

    public StickyPartitioner Sticky { get; }

    /// <summary>Null until the cluster told of the topic.</summary>
    public TopicChannels? Channels => Volatile.Read(ref _channels);

    /// <summary>Completes at the next news of the topic; somebody asks for its partitions.</summary>
    public TaskCompletionSource News { get; private set; } = NewNews();

    /// <summary>Whether records stand in line, so that no later one may overtake.</summary>
    public bool HasWaiters => !_waiting.IsEmpty;

    /// <summary>The channels, for a record: idle topics are dropped, and this says that this one is not.</summary>
    public TopicChannels? ChannelsInUse()
    {
        var channels = Channels;
        if (!_isUsed && channels is not null)
        {
            _isUsed = true;
        }

        return channels;
    }

    /// <summary>Puts a caller at the end of the topic's line.</summary>
    /// <returns>Why it was refused, or null.</returns>
    public ProduceError? Join(WaitingRecord waiting)
    {
        _waiting.TryJoin(waiting, out var closedBy);
        _context.Metadata.Watch(Name.Text);
        _waiting.QueueDrainer();
        return closedBy;
    }

    /// <summary>
    /// News from the cluster: the partitions there are now, or null while the topic is unknown. Refresh loop, or the topic's first user.
    /// </summary>
    public void Update(TopicPartitions? partitions, Func<int, PartitionChannel> createChannel)
    {
        TaskCompletionSource news;
        lock (_lock)
        {
            // A topic that vanished for a moment keeps its channels; records that cannot be delivered expire.
            if (partitions is not null && Channels?.Partitions != partitions && !_isClosed)
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
            _waiting.QueueDrainer();
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

    /// <summary>Takes no more records and ends all that stand in line. Dispose.</summary>
    public void CloseForever(ProduceError error)
    {
        lock (_lock)
        {
            _isClosed = true;
        }

        _waiting.Close(error);
        News.TrySetResult();
        foreach (var channel in _all)
        {
            channel.CloseForever(error);
        }
    }

    /// <summary>Ends all that stand in line, here and for its partitions (purge).</summary>
    public void EndLines(ProduceError error)
    {
        _waiting.End(error);
        foreach (var channel in Channels?.Channels ?? [])
        {
            channel.Waiting.End(error);
        }
    }

    /// <summary>Why records of this topic cannot be taken at all, or null while it may still appear.</summary>
    public ProduceError? RefusedTopic()
    {
        var refusal = _context.TopicRefusal(Name.Text);
        if (refusal is not null)
        {
            // What is forbidden may be allowed meanwhile: asked for again, after the back-off.
            _context.Metadata.Watch(Name.Text);
        }

        return refusal;
    }

    /// <summary>Why the topic did not become known in time.</summary>
    public ProduceError UnknownInTime() => _context.TopicTimeout(Name.Text);

    ProduceError? IWaitingPlace.BeginDraining()
    {
        if (Channels is null)
        {
            return RefusedTopic();
        }

        // Before the first try, else memory that comes back in between is missed.
        _context.Batching.Memory.CallWhenFreed(_waiting.QueueDrainer);
        return null;
    }

    AppendResult IWaitingPlace.TryPlace(ref RecordOffer offer) => Choice.TryPlace(ref offer);

    ProduceError IWaitingPlace.TimedOut() => Channels is null ? UnknownInTime() : _context.TopicFull(Name.Text);

    void IWaitingPlace.Drained()
    {
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A topic's partitions as of one snapshot, each with its channel. Immutable.</summary>
internal sealed record TopicChannels(TopicPartitions Partitions, PartitionChannel[] Channels);
