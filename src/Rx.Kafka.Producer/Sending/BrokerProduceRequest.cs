using System.Text;
using Rx.Kafka.Batching;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Sending;

/// <summary>
/// One Produce request: batches of some of a broker's partitions, and the answers to them. Pooled; it is its own mail when the answer
/// comes.
/// </summary>
internal sealed class BrokerProduceRequest(BrokerSender owner, SendingContext context) : KafkaRequest, IMail
{
    /// <summary>An answer may be for so many more partitions than were asked for.</summary>
    private const int MostUnasked = 1000;

    private readonly List<Part> _parts = [];
    private BrokerNode[] _endpoints = [];
    private int _topics;
    private int _topicIds;
    private bool _hasTopicIds = true;
    private Exception? _lost;

    public override ApiKey Key => ApiKey.Produce;

    /// <summary>Topics go by their names if any has no id.</summary>
    public override short MaximumVersion => _hasTopicIds ? base.MaximumVersion : (short)(ProduceRequest.FirstWithTopicIds - 1);

    public override bool ExpectsResponse => context.Options.RequiredAcks != RequiredAcks.None;

    public bool IsEmpty => _parts.Count == 0;

    /// <summary>The batches' bytes, which MaxRequestSize limits.</summary>
    public int BatchBytes { get; private set; }

    /// <summary>Where it was sent.</summary>
    public BrokerConnection Connection { get; private set; } = null!;

    public int ThrottleTimeMs { get; private set; }

    /// <summary>When it was handed to the connection.</summary>
    public long SentAt { get; private set; }

    public void Add(PartitionLane lane, ProducerBatch batch)
    {
        // Partitions of one topic stand together on the wire; nearly always there is one topic, or they come in order.
        var at = _parts.Count;
        while (at > 0 && !IsOf(at - 1, lane.Channel.Topic))
        {
            at--;
        }

        at = at == 0 ? AddTopic() : PlaceOfId(at, lane);
        _hasTopicIds &= lane.TopicId != Guid.Empty;
        _parts.Insert(at, new Part(lane, batch, lane.TopicId));
        BatchBytes += batch.WireBytes;
    }

    /// <summary>It is about to be handed to a connection. Loop.</summary>
    public void SendOn(BrokerConnection connection) => Connection = connection;

    /// <summary>It was handed to the connection. Loop.</summary>
    public void Sent(long now)
    {
        SentAt = now;
        foreach (ref readonly var part in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_parts))
        {
            part.Lane.Sent(part.Batch, owner);
        }
    }

    /// <summary>It was not: its batches are listed again, with their numbers. Loop.</summary>
    public void PutBack()
    {
        foreach (var part in _parts)
        {
            part.Lane.ListIfReady();
        }
    }

    public override void WriteBody(ref KafkaWriter w, short version)
    {
        var timeout = (int)context.Options.RequestTimeout.TotalMilliseconds;
        var byId = version >= ProduceRequest.FirstWithTopicIds;
        var topics = byId ? _topicIds : _topics;
        ProduceRequest.WriteHead(ref w, version, transactionalId: null, (short)context.Options.RequiredAcks, timeout, topics);
        for (var i = 0; i < _parts.Count;)
        {
            var topic = _parts[i].Lane.Channel.Topic;
            var end = EndOfTopic(i, byId);
            ProduceRequest.WriteTopic(ref w, version, topic, _parts[i].TopicId, end - i);
            for (; i < end; i++)
            {
                WritePart(ref w, version, _parts[i].Lane.Channel.Partition, _parts[i].Batch);
            }

            ProduceRequest.EndTopic(ref w, version);
        }

        ProduceRequest.End(ref w, version);
    }

    public override void ReadBody(ref KafkaReader r, short version)
    {
        var response = new ProduceResponseReader(r, version);
        var parts = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_parts);
        var expected = 0;
        var answered = 0;
        var unasked = 0;
        var firstUnasked = "";
        while (response.NextTopic(out var name, out var id))
        {
            while (response.NextPartition(out var answer))
            {
                // Each is looked for in the request: many would hold up the read loop.
                if (++answered > parts.Length + MostUnasked)
                {
                    throw response.Rest.Malformed($"an answer for more than {answered - 1} partitions to a request for {parts.Length}");
                }

                // Brokers mostly answer in the order they were asked.
                var index = Find(parts, expected, name, id, answer.Index);
                if (index < 0)
                {
                    // One line for all.
                    unasked++;
                    firstUnasked = unasked == 1 ? NameOf(name, id, answer.Index) : firstUnasked;
                    continue;
                }

                parts[index].Answer = answer;
                parts[index].IsAnswered = true;
                expected = index + 1;
            }
        }

        if (unasked > 0)
        {
            SendingLog.UnaskedPartitions(context.Logger, Connection.Name, unasked, firstUnasked);
        }

        response.End(out var throttle, out _endpoints);
        ThrottleTimeMs = throttle;
        r = response.Rest;
    }

    public override void Answered() => owner.AnswerRead(this);

    public override void Flushed() => owner.Post(this);

    public override void Lost(Exception cause)
    {
        _lost = cause;
        owner.Post(this);
    }

    /// <summary>The request has ended. Loop.</summary>
    public void Deliver()
    {
        var now = context.Time.GetTimestamp();
        AttemptFailure? lost = null;
        foreach (ref readonly var part in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_parts))
        {
            if (_lost is null && !ExpectsResponse)
            {
                part.Lane.Flushed(part.Batch);
            }
            else if (_lost is null && part.IsAnswered)
            {
                Hint(part);
                var cause = FailureText.Of(part.Answer, Connection, owner.BrokerId);
                part.Lane.Ended(part.Batch, new AttemptEnd(part.Answer, cause, Connection, now));
            }
            else
            {
                lost ??= FailureText.Of(_lost?.Message ?? "no answer for this partition", Connection, owner.BrokerId);
                part.Lane.Ended(part.Batch, new AttemptEnd(null, lost, Connection, now));
            }
        }

        owner.Ended(this, _lost, now);
    }

    public void Reset()
    {
        _parts.Clear();
        _topics = _topicIds = 0;
        _hasTopicIds = true;
        BatchBytes = 0;
        ThrottleTimeMs = 0;
        Connection = null!;
        _lost = null;
        _endpoints = [];
    }

    private int AddTopic()
    {
        _topics++;
        _topicIds++;
        return _parts.Count;
    }

    /// <summary>The partitions of a topic made anew learn its new id one after the other, so one request may have both ids.</summary>
    /// <param name="end">After the last part of the topic.</param>
    /// <param name="lane">Of that topic.</param>
    private int PlaceOfId(int end, PartitionLane lane)
    {
        for (var at = end; at > 0 && IsOf(at - 1, lane.Channel.Topic); at--)
        {
            if (_parts[at - 1].TopicId == lane.TopicId)
            {
                return at;
            }
        }

        _topicIds++;
        return end;
    }

    private bool IsOf(int part, string topic) => ReferenceEquals(_parts[part].Lane.Channel.Topic, topic);

    private static void WritePart(ref KafkaWriter w, short version, int partition, ProducerBatch batch)
    {
        ProduceRequest.WritePartition(ref w, version, partition, batch.WireBytes);
        for (var i = 0; i < batch.ChunkCount; i++)
        {
            w.Raw(batch.ChunkBytes(i));
        }

        ProduceRequest.EndPartition(ref w, version);
    }

    private static int Find(ReadOnlySpan<Part> parts, int expected, ReadOnlySpan<byte> topicUtf8, Guid topicId, int partition)
    {
        for (var n = 0; n < parts.Length; n++)
        {
            var i = (expected + n) % parts.Length;
            var channel = parts[i].Lane.Channel;
            if (channel.Partition == partition
                && (topicId == Guid.Empty ? topicUtf8.SequenceEqual(channel.TopicUtf8) : topicId == parts[i].TopicId))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Fit for the log: nobody vouches for what a broker calls a topic.</summary>
    private static string NameOf(ReadOnlySpan<byte> topicUtf8, Guid topicId, int partition)
    {
        var start = topicUtf8[..Math.Min(topicUtf8.Length, 4 * PeerText.LongestName)];
        var topic = topicId == Guid.Empty ? PeerText.OneLine(Encoding.UTF8.GetString(start), PeerText.LongestName) : $"{topicId}";
        return $"{topic}-{partition}";
    }

    private int EndOfTopic(int start, bool byId)
    {
        var (topic, id) = (_parts[start].Lane.Channel.Topic, _parts[start].TopicId);
        var end = start + 1;
        while (end < _parts.Count && IsOf(end, topic) && (!byId || _parts[end].TopicId == id))
        {
            end++;
        }

        return end;
    }

    /// <summary>KIP-951: a broker that no longer leads names who does.</summary>
    private void Hint(Part part)
    {
        if (part.Answer is { LeaderId: >= 0, LeaderEpoch: >= 0 } told)
        {
            var channel = part.Lane.Channel;
            context.Metadata.LeaderHint(
                new(channel.Topic, part.TopicId, channel.Partition, told.LeaderId, told.LeaderEpoch, _endpoints));
        }
    }

    private struct Part(PartitionLane lane, ProducerBatch batch, Guid topicId)
    {
        public readonly PartitionLane Lane = lane;
        public readonly ProducerBatch Batch = batch;

        /// <summary>The topic's id when the batch was taken.</summary>
        public readonly Guid TopicId = topicId;
        public PartitionAnswer Answer;
        public bool IsAnswered;
    }
}
