using Rx.Kafka.Batching;
using Rx.Kafka.Options;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Protocol;

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
    private long _askedAt = long.MinValue;
    private TaskCompletionSource? _news; // null = nobody waits for it

    /// <summary>The partition that the head of the line waits for, because the topic does not have it; drainer only.</summary>
    private int? _missing;

    /// <summary>Written without a lock: a lost mark of one record is made by the next.</summary>
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
        var channels = Channels;
        if (!_isUsed && channels is not null)
        {
            _isUsed = true;
        }

        return channels;
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

            // After the channels: who sees it sees them.
            Volatile.Write(ref _askedAt, Math.Max(_askedAt, askedAt));
            (news, _news) = (_news, null);
        }

        news?.TrySetResult();
        if (HasWaiters)
        {
            _waiting.QueueDrainer();
        }
    }

    /// <summary>Whether no record came since the last question, stands in line, or has no outcome yet.</summary>
    public bool IsIdle()
    {
        var isUsed = _isUsed || HasWaiters;
        _isUsed = false;
        return !isUsed && !Array.Exists(_all, IsBusy);

        bool IsBusy(PartitionChannel channel) => Load.Queued(channel.Partition) > 0 || channel.HasOpenBatch || !channel.Waiting.IsEmpty;
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

    /// <summary>Why the topic did not become known in time.</summary>
    public ProduceError UnknownInTime()
    {
        var waited = $"within MaxBlock ({_context.Options.MaxBlock.TotalMilliseconds:0} ms)";
        if (_context.Metadata.TopicError(Name.Text) == ErrorCodes.UnknownTopicOrPartition)
        {
            var unknown = $"The brokers do not know topic '{Name.Text}', and it was not created {waited}. "
                + "Create it, or let the brokers create topics (auto.create.topics.enable).";
            return new(ProduceErrorCode.TopicUnknown, unknown, BrokerErrorCode: ErrorCodes.UnknownTopicOrPartition);
        }

        if (_context.Options.MaxBlock == TimeSpan.Zero)
        {
            var notYet = $"The partitions of topic '{Name.Text}' are not known yet, and with MaxBlock = 0 nothing waits for them. They are "
                + "asked for: try again, or raise MaxBlock.";
            return new(ProduceErrorCode.MetadataTimeout, notYet, Cause: _context.Metadata.LastFailure);
        }

        var cause = _context.Metadata.LastFailure;
        if (cause is KafkaAuthenticationException)
        {
            return new(ProduceErrorCode.Authentication, cause.Message, Cause: cause);
        }

        var text = $"No metadata of topic '{Name.Text}' came {waited}. {cause?.Message ?? "Is a broker of BootstrapServers reachable?"}";
        return new(ProduceErrorCode.MetadataTimeout, text, Cause: cause);
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

    /// <summary>A topic that will not become usable by waiting.</summary>
    private ProduceError? Refusal() => _context.Metadata.TopicError(Name.Text) switch
    {
        ErrorCodes.InvalidTopic => new(
            ProduceErrorCode.TopicUnknown,
            $"The brokers refuse the topic name '{Name.Text}' as invalid. Use 1 to 249 of the characters a-z, A-Z, 0-9, '.', '_' and '-'.",
            BrokerErrorCode: ErrorCodes.InvalidTopic),
        ErrorCodes.TopicAuthorizationFailed => new(
            ProduceErrorCode.Authorization,
            $"The brokers do not show topic '{Name.Text}' to this client: grant its principal WRITE on it, which includes DESCRIBE"
            + $"{(_context.Options.AllowAutoCreateTopics ? "; or the topic does not exist, and this client may not CREATE it" : "")}.",
            BrokerErrorCode: ErrorCodes.TopicAuthorizationFailed),
        _ => null,
    };

    /// <summary>The cluster could not be asked within MaxBlock whether the partition was added.</summary>
    private ProduceError Missing(int partition, TopicChannels channels) => new(
        ProduceErrorCode.MetadataTimeout,
        $"Topic {Name.Text} has {channels.Channels.Length} partition(s); the record is for partition {partition}, and the brokers did not "
        + $"answer within MaxBlock ({_context.Options.MaxBlock.TotalMilliseconds:0} ms) whether it was added.",
        Cause: _context.Metadata.LastFailure);

    /// <summary>No partition had memory within MaxBlock.</summary>
    private ProduceError Full() => new(
        ProduceErrorCode.BufferFull,
        $"No memory became free for any partition of topic {Name.Text} within MaxBlock "
        + $"({_context.Options.MaxBlock.TotalMilliseconds:0} ms) of BufferMemory ({_context.Options.BufferMemory} bytes): "
        + "the brokers are slower than the source. Raise either, or slow the source.");
}
