using Rx.Kafka.Batching;
using Rx.Kafka.Options;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Admission;

/// <summary>
/// One topic: its channels once they are known, its sticky partitioner, and the line of records that wait for metadata, or, without key,
/// for memory in any partition. Its lock guards the channels; it is never held together with a gate.
/// </summary>
internal sealed partial class TopicAdmission : IWaitingPlace
{
    private readonly Lock _lock = new();
    private readonly AdmissionContext _context;
    private readonly WaitingRecords _waiting;

    /// <summary>By number, never taken back: a topic that is unknown for a while finds its channels again.</summary>
    private PartitionChannel[] _all = [];
    private TopicChannels? _channels;
    private bool _isClosed;
    private long _askedAt = long.MinValue;
    private TaskCompletionSource? _news; // null = nobody waits for it

    /// <summary>The partition that the head of the line waits for, because the topic does not have it; drainer only.</summary>
    private int? _missing;

    /// <summary>A record came since the last question whether the topic is idle. Set without a lock, and taken by an exchange.</summary>
    private bool _isUsed;

    public TopicAdmission(string name, AdmissionContext context)
    {
        Name = new TopicName(name);
        _context = context;
        var options = context.Options;
        Sticky = new StickyPartitioner(
            Math.Max(1, options.BatchSize),
            options.AdaptivePartitioning, options.EffectivePartitionAvailabilityTimeout, context.NewRandom());
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

    /// <summary>When the cluster was asked for what is known; read before <see cref="Channels"/>, these are as new at least.</summary>
    public long AskedAt => Volatile.Read(ref _askedAt);

    /// <summary>Completes at the next news of the topic; somebody asks for its partitions.</summary>
    public TaskCompletionSource News
    {
        get
        {
            lock (_lock)
            {
                return _news ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Whether records stand in line, so that no later one may overtake.</summary>
    public bool HasWaiters => !_waiting.IsEmpty;

    /// <summary>The channels, for a record: idle topics are dropped, and this says that this one is not.</summary>
    public TopicChannels? ChannelsInUse()
    {
        if (!_isUsed && Channels is not null)
        {
            _isUsed = true;

            // After the mark: either we see that the topic was forgotten meanwhile, or who forgets it sees the mark.
            Interlocked.MemoryBarrier();
        }

        return Channels;
    }

    /// <summary>
    /// Puts a caller at the end of a line: of the partition that alone can take its record, or else of the topic, which waits for
    /// metadata or for memory in any partition.
    /// </summary>
    /// <returns>Why it was refused, or null.</returns>
    public ProduceError? Join(WaitingRecord waiting, PartitionChannel? onlyPartition)
    {
        if (onlyPartition is not null)
        {
            onlyPartition.TryJoin(waiting, out var channelClosedBy);
            return channelClosedBy;
        }

        _waiting.TryJoin(waiting, out var closedBy);
        _context.Metadata.Watch(Name.Text);
        _waiting.QueueDrainer();
        return closedBy;
    }

    /// <summary>
    /// News from the cluster: the partitions there are now, or null while the topic is unknown. Refresh loop, or the topic's first user.
    /// </summary>
    public void Update(TopicPartitions? partitions, Func<int, PartitionChannel> createChannel, long askedAt = long.MinValue)
    {
        TaskCompletionSource? news;
        var refusal = partitions is null ? Refusal() : null;
        lock (_lock)
        {
            // A topic that vanished for a moment keeps its channels; records that cannot be delivered expire. Those of one that is
            // forbidden now are refused at once.
            if (refusal is not null)
            {
                Volatile.Write(ref _channels, null);
            }
            else if (partitions is not null && Channels?.Partitions != partitions && !_isClosed)
            {
                // Whole, before anybody sees it: others read it without the lock.
                var known = _all.Length;
                _all = [.. _all, .. Enumerable.Range(known, Math.Max(0, partitions.Count - known)).Select(createChannel)];
                Volatile.Write(ref _channels, new TopicChannels(partitions, _all[..partitions.Count]));
            }

            // After the channels: who sees it sees them.
            Volatile.Write(ref _askedAt, Math.Max(_askedAt, askedAt));
            (news, _news) = (_news, null);
        }

        news?.TrySetResult();
        if (refusal is not null)
        {
            Array.ForEach(_all, channel => channel.EndLine(refusal));
        }

        if (HasWaiters)
        {
            _waiting.QueueDrainer();
        }
    }

    /// <summary>
    /// Forgets the channels if no record came since the last question, stands in line, or has no outcome yet: the topic is no longer
    /// watched then, and its metadata is asked for again at the next record.
    /// </summary>
    public bool TryForget()
    {
        if (Interlocked.Exchange(ref _isUsed, false) || HasWaiters || Array.Exists(_all, IsBusy))
        {
            return false;
        }

        var channels = Channels;
        Volatile.Write(ref _channels, null);
        Interlocked.MemoryBarrier();
        if (!_isUsed)
        {
            return true;
        }

        // A record came meanwhile, and may have found them.
        Volatile.Write(ref _channels, channels);
        return false;

        bool IsBusy(PartitionChannel channel) => Load.Queued(channel.Partition) > 0 || channel.HasOpenBatch || !channel.Waiting.IsEmpty;
    }

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

    /// <summary>Adds what stands in line, here and for its partitions, to a look. Any thread.</summary>
    public void AddTo(OutstandingWork look)
    {
        _waiting.AddTo(look);
        foreach (var channel in _all)
        {
            channel.Waiting.AddTo(look);
        }
    }

    /// <summary>Ends all that stand in line, here and for its partitions (purge).</summary>
    public void EndLines(ProduceError error)
    {
        _waiting.End(error);
        foreach (var channel in _all)
        {
            channel.EndLine(error);
        }
    }

    /// <summary>Ends all that wait for the topic's partitions, which nobody can tell now.</summary>
    public void EndLineIfUnknown(ProduceError error)
    {
        if (Channels is null)
        {
            _waiting.End(error);
        }
    }

    /// <summary>Why records of this topic cannot be taken at all, or null while it may still appear.</summary>
    public ProduceError? RefusedTopic()
    {
        var refusal = Refusal();
        if (refusal is not null)
        {
            // What is forbidden may be allowed meanwhile: asked for again, after the back-off.
            _context.Metadata.Watch(Name.Text);
        }

        return refusal;
    }

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

    AppendResult IWaitingPlace.TryPlace(ref RecordOffer offer)
    {
        var result = Choice.TryPlace(ref offer);
        _missing = result == AppendResult.MustWait && offer.MustWaitIn is null && offer.Record.HasPartition
            ? offer.Record.PartitionNumber
            : null;
        return result;
    }

    ProduceError IWaitingPlace.TimedOut() =>
        Channels is not { } channels ? UnknownInTime() : _missing is { } partition ? Missing(partition, channels) : Full();

    string IWaitingPlace.WhatFor() => Channels is null
        ? $"for the partitions of topic {Name.Text}, of which no broker has told yet"
        : _missing is { } partition ? $"for news of partition {partition} of topic {Name.Text}, which may have been added"
        : $"for memory (BufferMemory, {_context.Options.BufferMemory} bytes) for any partition of topic {Name.Text}";

    void IWaitingPlace.Drained()
    {
        foreach (var channel in Channels?.Channels ?? [])
        {
            channel.CloseFlushed();
        }
    }
}
