using System.Collections.Concurrent;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Metadata;

namespace Rx.Kafka.Admission;

/// <summary>
/// The way in for every record of every sink: checks it, finds its topic and partition, and puts it into a batch or in line. Any thread.
/// </summary>
internal sealed partial class RecordAdmission : IRecordAdmission
{
    private readonly AdmissionContext _context;
    private readonly WallClock _clock;
    private readonly Func<TopicAdmission, int, ClusterSnapshot, PartitionChannel> _createChannel;
    private readonly ConcurrentDictionary<string, TopicAdmission> _topics = new(StringComparer.Ordinal);
    private readonly Lock _listLock = new();

    /// <summary>In order of first use: a dictionary keyed by strings is enumerated differently by each process.</summary>
    private readonly List<TopicAdmission> _inOrder = [];
    private readonly long _largest;
    private TopicAdmission? _last;
    private ProduceError? _takesNoMoreBy;
    private ProduceError? _closedBy;

    /// <param name="context">Shared with the topics.</param>
    /// <param name="clock">For records without a time.</param>
    /// <param name="createChannel">Makes the channel of a partition: topic, number.</param>
    public RecordAdmission(
        AdmissionContext context, WallClock clock, Func<TopicAdmission, int, ClusterSnapshot, PartitionChannel> createChannel)
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

    /// <inheritdoc/>
    public ProduceError? TakesNoMoreBy => Volatile.Read(ref _takesNoMoreBy);

    /// <inheritdoc/>
    public OfferResult Offer(ref RecordOffer offer)
    {
        ref readonly var record = ref offer.Record;
        if ((uint)(record.Topic.Length - 1) >= LongestName)
        {
            return Refuse(ref offer, Misnamed(record.Topic));
        }

        if (_context.Batching.Tracing is { } tracing && SendTracing.IsOn && offer.Trace is null)
        {
            offer.BeginTrace(tracing);
        }

        if (!offer.TryRead(record.HasTimestamp ? record.TimestampMilliseconds : _clock.UnixMilliseconds()))
        {
            return Refuse(ref offer, offer.Error!);
        }

        if (offer.View.SizeBound > _largest)
        {
            return Refuse(ref offer, TooLarge(offer.View.SizeBound));
        }

        if (_takesNoMoreBy is not null && !offer.CameBeforeDispose)
        {
            return Refuse(ref offer, _takesNoMoreBy);
        }

        var topic = TopicOf(record.Topic);
        if (topic.HasWaiters)
        {
            return Wait(topic, ref offer);
        }

        var result = topic.Choice.TryPlace(ref offer);
        return result == AppendResult.Placed ? OfferResult.Placed : NotPlaced(result, topic, ref offer);
    }

    /// <summary>The topic, watched from its first use on.</summary>
    public TopicAdmission TopicOf(string name)
    {
        var last = _last;
        if (last is not null && ReferenceEquals(last.Name.Text, name))
        {
            return last;
        }

        if (!_topics.TryGetValue(name, out var topic))
        {
            topic = AddTopic(name);
        }

        // The name object that callers use is remembered only if it is the topic's own; a reference compare then saves the hash.
        if (ReferenceEquals(topic.Name.Text, name))
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
    public bool KeepTopic(string name) => _topics.TryGetValue(name, out var topic) && !topic.TryForget();

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

    /// <summary>Refuses all later records; those in line and in batches go on. Dispose.</summary>
    public void TakeNoMore(ProduceError error) => Interlocked.CompareExchange(ref _takesNoMoreBy, error, null);

    /// <summary>Refuses all later records, ends all lines and closes all batches. The end of a dispose, or a fatal error.</summary>
    public void Close(ProduceError error)
    {
        TakeNoMore(error);
        lock (_listLock)
        {
            _closedBy ??= error;
        }

        foreach (var topic in Topics())
        {
            topic.CloseForever(error);
        }
    }

    /// <summary>
    /// No broker takes this client's credential: who waits for an unknown topic need not wait longer. Later records ask again.
    /// </summary>
    public void EndLinesOfUnknownTopics(Exception cause)
    {
        var error = new ProduceError(ProduceErrorCode.Authentication, cause.Message, Cause: cause);
        foreach (var topic in Topics())
        {
            topic.EndLineIfUnknown(error);
        }
    }

    /// <summary>Adds all that stands in line to a look. Any thread.</summary>
    public void AddTo(OutstandingWork look)
    {
        foreach (var topic in Topics())
        {
            topic.AddTo(look);
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

    // Waiting and refusals are methods of their own: what they need on the stack would be cleared for each record.
    private OfferResult NotPlaced(AppendResult result, TopicAdmission topic, ref RecordOffer offer)
    {
        if (result == AppendResult.SinkEnded)
        {
            return OfferResult.SinkEnded;
        }

        return offer.Error is { } error ? Refuse(ref offer, error) : Wait(topic, ref offer);
    }

    private OfferResult Wait(TopicAdmission topic, ref RecordOffer offer)
    {
        if (offer.NeedsSharedCompletion)
        {
            return OfferResult.NeedsCompletion;
        }

        if (offer.Sink is { } sink && !sink.TryEnter())
        {
            return OfferResult.SinkEnded;
        }

        var waiting = new WaitingRecord(ref offer, _context.Batching.Time.GetTimestamp(), _context.Batching.Flushes.Enter());
        if (topic.Join(waiting, offer.MustWaitIn) is { } closedBy)
        {
            offer.Sink?.Leave();
            _context.Batching.Flushes.Leave(waiting.Generation);
            return Refuse(ref offer, closedBy);
        }

        offer.Waiting = waiting;
        return OfferResult.Waits;
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
        topic.Update(snapshot.Topic(topic.Name.Text)?.Public, partition => _createChannel(topic, partition, snapshot), snapshot.AskedAt);

    private TopicAdmission[] Topics()
    {
        lock (_listLock)
        {
            return [.. _inOrder];
        }
    }
}
