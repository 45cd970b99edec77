using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Metadata;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Admission;

/// <summary>The way in for every record of every sink: checks it, finds its topic and partition, and puts it into a batch or in line. Any thread.</summary>
internal sealed class RecordAdmission : IRecordAdmission
{
    /// <summary>The longest name of a topic, in characters: Kafka's limit, kept here because a much longer one fits no request.</summary>
    public const int LongestName = 249;

    private readonly AdmissionContext _context;
    private readonly WallClock _clock;
    private readonly Func<TopicAdmission, int, ClusterSnapshot, PartitionChannel> _createChannel;
    private readonly ConcurrentDictionary<string, TopicAdmission> _topics = new(StringComparer.Ordinal);
    private readonly Lock _listLock = new();

    /// <summary>In order of first use: a dictionary keyed by strings is enumerated differently by each process.</summary>
    private readonly List<TopicAdmission> _inOrder = [];
    private readonly long _largest;
    private TopicAdmission? _last;
    private ProduceError? _closedBy;

    /// <param name="context">Shared with the topics.</param>
    /// <param name="clock">For records without a time.</param>
    /// <param name="createChannel">Makes the channel of a partition: topic, number.</param>
    public RecordAdmission(AdmissionContext context, WallClock clock, Func<TopicAdmission, int, ClusterSnapshot, PartitionChannel> createChannel)
    {
        _context = context;
        _clock = clock;
        _createChannel = createChannel;
        Continuations = new ContinuationQueue(context.Batching.Scheduler);
        _largest = Math.Min(context.Options.MaxRequestSize, context.Options.BufferMemory - ProducerBatch.MaximumOverhead);
    }

    /// <summary>Where continuations of awaits run.</summary>
    public TaskScheduler Scheduler => _context.Batching.Scheduler;

    /// <summary>The same, for continuations that are not tasks.</summary>
    public ContinuationQueue Continuations { get; }

    /// <summary>Offers a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="sink">Whom to tell the outcome; null = a shared completion, or <paramref name="completion"/>.</param>
    /// <param name="completion">Whom to tell instead; needed when the record stands in line.</param>
    /// <param name="placement">Where it was placed.</param>
    public OfferResult Offer(in Record record, Sink? sink, RecordCompletion? completion, out Placement placement)
    {
        placement = default;
        if ((uint)(record.Topic.Length - 1) >= LongestName)
        {
            return Misnamed(record.Topic);
        }

        var timestamp = record.HasTimestamp ? record.TimestampMilliseconds : _clock.UnixMilliseconds();
        if (!RecordView.TryTake(record, timestamp, out var view, out var unreadable))
        {
            return Refused(unreadable);
        }

        if (view.Headers is not null && !IsArrayBacked(view.Headers))
        {
            return OfferCopiedHeaders(record, sink, completion, out placement);
        }

        if (view.SizeBound > _largest)
        {
            return TooLarge(view);
        }

        if (_closedBy is not null)
        {
            return Refused(_closedBy);
        }

        var topic = TopicOf(record.Topic);
        if (topic.HasWaiters)
        {
            return Wait(topic, null, record, sink, completion, timestamp);
        }

        var result = topic.TryPlace(record, view, sink, completion, out placement, out var channel, out var error);
        return result == AppendResult.Placed ? default : NotPlaced(result, topic, channel, error, record, sink, completion, timestamp);
    }

    /// <summary>Withdraws a record that stands in line.</summary>
    /// <returns>False when it is in a batch, or about to be.</returns>
    public bool TryWithdraw(WaitingRecord waiter)
    {
        if (!waiter.TryWithdraw())
        {
            return false;
        }

        _context.EndWithdrawn(waiter);
        return true;
    }

    /// <summary>The topic, watched from its first use on.</summary>
    public TopicAdmission TopicOf(string name)
    {
        var last = _last;
        if (last is not null && ReferenceEquals(last.Name, name))
        {
            return last;
        }

        if (!_topics.TryGetValue(name, out var topic))
        {
            topic = AddTopic(name);
        }

        // The name object that callers use is remembered only if it is the topic's own; a reference compare then saves the hash.
        if (ReferenceEquals(topic.Name, name))
        {
            _last = topic;
        }

        return topic;
    }

    /// <summary>The cluster changed: each topic gets its channels. Refresh loop.</summary>
    public void Update(ClusterSnapshot snapshot)
    {
        foreach (var topic in Topics())
        {
            Update(topic, snapshot);
        }
    }

    /// <summary>Whether a topic that was not asked for lately must be kept: records came, stand in line, or have no outcome yet.</summary>
    public bool KeepTopic(string name)
    {
        if (!_topics.TryGetValue(name, out var topic))
        {
            return false;
        }

        if (topic.WasUsed() || (topic.Channels is { } channels && Array.Exists(channels.Channels, channel => topic.Load.Queued(channel.Partition) > 0 || channel.HasOpenBatch)))
        {
            return true;
        }

        topic.Forget();
        return false;
    }

    /// <summary>Builds the adaptive partitioners' tables. A timer under traffic.</summary>
    public void UpdateLoads()
    {
        foreach (var topic in Topics())
        {
            if (topic.Channels is { } channels)
            {
                topic.Sticky.UpdateLoad(channels.Partitions, topic.Load, _context.Batching.Time);
            }
        }
    }

    /// <summary>Refuses all later records, ends all lines and closes all batches. Dispose.</summary>
    public void Close(ProduceError error)
    {
        lock (_listLock)
        {
            _closedBy ??= error;
        }

        foreach (var topic in Topics())
        {
            topic.CloseForever(error);
        }
    }

    /// <summary>Ends all lines; later records are untouched. Purge.</summary>
    public void EndLines(ProduceError error)
    {
        foreach (var topic in Topics())
        {
            topic.EndLines(error);
        }
    }

    private static bool IsArrayBacked(RecordHeaders headers)
    {
        foreach (ref readonly var header in headers.Span)
        {
            if (header.Value is { } value && !MemoryMarshal.TryGetArray(value, out _))
            {
                return false;
            }
        }

        return true;
    }

    private OfferResult OfferCopiedHeaders(in Record record, Sink? sink, RecordCompletion? completion, out Placement placement)
    {
        placement = default;
        Record copy;
        try
        {
            // Header memory is read under the gate; foreign memory, which may throw, is copied first.
            copy = record with { Headers = [.. record.Headers.Select(static header => new RecordHeader(header.Key, header.Value is { } value ? (ReadOnlyMemory<byte>?)value.ToArray() : null))] };
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            return Refused(RecordView.Unreadable(unreadable));
        }

        return Offer(copy, sink, completion, out placement);
    }

    // Refusals and waiting are methods of their own: room for every result made in Offer itself would be cleared for each record.
    private static OfferResult Refused(ProduceError error) => new(error, null);

    private static OfferResult Misnamed(string topic) => Refused(topic.Length == 0
        ? new(ProduceErrorCode.InvalidRecord, "The record has no topic (default(Record), or an empty name). Name one: new Record(\"orders\", value).")
        : new(ProduceErrorCode.TopicUnknown, $"The topic name '{topic[..32]}...' has {topic.Length} characters; the limit is {LongestName}. Shorten it."));

    private OfferResult TooLarge(in RecordView view)
    {
        var limit = _context.Options.MaxRequestSize <= _largest ? $"MaxRequestSize ({_context.Options.MaxRequestSize} bytes)" : $"BufferMemory ({_context.Options.BufferMemory} bytes)";
        return Refused(new(ProduceErrorCode.RecordTooLarge, $"The record takes up to {view.SizeBound} bytes, more than {limit}. Raise the limit (and the topic's max.message.bytes), or split the record."));
    }

    private OfferResult NotPlaced(AppendResult result, TopicAdmission topic, PartitionChannel? channel, ProduceError? error, in Record record, Sink? sink, RecordCompletion? completion, long timestamp) => result switch
    {
        AppendResult.SinkEnded => new(null, null, SinkEnded: true),
        AppendResult.MustWait when error is null => Wait(topic, channel, record, sink, completion, timestamp),
        _ => Refused(error ?? _closedBy ?? AdmissionContext.Closed),
    };

    private OfferResult Wait(TopicAdmission topic, PartitionChannel? channel, in Record record, Sink? sink, RecordCompletion? completion, long timestamp)
    {
        if (sink is null && completion is null)
        {
            // The caller makes a completion of its own and comes again.
            return new(null, WaitingRecord.Needed);
        }

        if (sink is not null && !sink.TryEnter())
        {
            return new(null, null, SinkEnded: true);
        }

        var waiter = new WaitingRecord(record, sink, completion, timestamp, _context.Batching.Time.GetTimestamp(), _context.Batching.Flushes.Enter());
        var error = channel is null ? topic.Join(waiter) : channel.Join(waiter);
        if (error is not null)
        {
            sink?.Leave();
            _context.Batching.Flushes.Leave(waiter.Generation);
            return Refused(error);
        }

        return new(null, waiter);
    }

    private TopicAdmission AddTopic(string name)
    {
        TopicAdmission topic;
        lock (_listLock)
        {
            if (_topics.TryGetValue(name, out var there))
            {
                return there;
            }

            topic = new TopicAdmission(name, _context);
            _inOrder.Add(topic);
            _topics[name] = topic;
            if (_closedBy is { } closed)
            {
                topic.CloseForever(closed);
            }
        }

        Update(topic, _context.Metadata.Current);
        _context.Metadata.Watch(name);
        return topic;
    }

    private void Update(TopicAdmission topic, ClusterSnapshot snapshot) =>
        topic.Update(snapshot.Topic(topic.Name)?.Public, partition => _createChannel(topic, partition, snapshot));

    private TopicAdmission[] Topics()
    {
        lock (_listLock)
        {
            return [.. _inOrder];
        }
    }
}
