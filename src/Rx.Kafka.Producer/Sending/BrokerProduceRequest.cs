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
    private readonly List<Part> _parts = [];
    private BrokerNode[] _endpoints = [];
    private int _topics;
    private Exception? _lost;

    public override ApiKey Key => ApiKey.Produce;

    public override bool ExpectsResponse => context.Options.RequiredAcks != RequiredAcks.None;

    public bool IsEmpty => _parts.Count == 0;

    /// <summary>The batches' bytes, which MaxRequestSize limits.</summary>
    public int BatchBytes { get; private set; }

    /// <summary>Where it was sent.</summary>
    public BrokerConnection Connection { get; private set; } = null!;

    public int ThrottleTimeMs { get; private set; }

    public void Add(PartitionLane lane, ProducerBatch batch)
    {
        // Partitions of one topic stand together on the wire; nearly always there is one topic, or they come in order.
        var at = _parts.Count;
        while (at > 0 && !ReferenceEquals(_parts[at - 1].Lane.Channel.Topic, lane.Channel.Topic))
        {
            at--;
        }

        if (at == 0)
        {
            at = _parts.Count;
            _topics++;
        }

        _parts.Insert(at, new Part(lane, batch));
        BatchBytes += batch.Bytes;
    }

    /// <summary>It is about to be handed to a connection. Loop.</summary>
    public void SendOn(BrokerConnection connection) => Connection = connection;

    /// <summary>It was handed to the connection. Loop.</summary>
    public void Sent()
    {
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
        ProduceRequest.WriteHead(ref w, version, transactionalId: null, (short)context.Options.RequiredAcks, timeout, _topics);
        for (var i = 0; i < _parts.Count;)
        {
            var topic = _parts[i].Lane.Channel.Topic;
            var end = EndOfTopic(i);
            ProduceRequest.WriteTopic(ref w, version, topic, end - i);
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
        var unasked = 0;
        var firstUnasked = "";
        while (response.NextTopic(out var name))
        {
            while (response.NextPartition(out var answer))
            {
                // Brokers mostly answer in the order they were asked.
                var index = Find(parts, expected, name, answer.Index);
                if (index < 0)
                {
                    // One line for all: an answer may name a million.
                    unasked++;
                    firstUnasked = unasked == 1 ? $"{Encoding.UTF8.GetString(name)}-{answer.Index}" : firstUnasked;
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
                Hint(part.Lane.Channel, part.Answer);
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
        _topics = 0;
        BatchBytes = 0;
        ThrottleTimeMs = 0;
        Connection = null!;
        _lost = null;
        _endpoints = [];
    }

    private static void WritePart(ref KafkaWriter w, short version, int partition, ProducerBatch batch)
    {
        ProduceRequest.WritePartition(ref w, version, partition, batch.Bytes);
        for (var i = 0; i < batch.ChunkCount; i++)
        {
            w.Raw(batch.ChunkBytes(i));
        }

        ProduceRequest.EndPartition(ref w, version);
    }

    private static int Find(ReadOnlySpan<Part> parts, int expected, ReadOnlySpan<byte> topicUtf8, int partition)
    {
        for (var n = 0; n < parts.Length; n++)
        {
            var i = (expected + n) % parts.Length;
            var channel = parts[i].Lane.Channel;
            if (channel.Partition == partition && topicUtf8.SequenceEqual(channel.TopicUtf8))
            {
                return i;
            }
        }

        return -1;
    }

    private int EndOfTopic(int start)
    {
        var topic = _parts[start].Lane.Channel.Topic;
        var end = start + 1;
        while (end < _parts.Count && ReferenceEquals(_parts[end].Lane.Channel.Topic, topic))
        {
            end++;
        }

        return end;
    }

    /// <summary>KIP-951: a broker that no longer leads names who does.</summary>
    private void Hint(PartitionChannel channel, in PartitionAnswer answer)
    {
        if (answer is { LeaderId: >= 0, LeaderEpoch: >= 0 })
        {
            context.Metadata.LeaderHint(new(channel.Topic, channel.Partition, answer.LeaderId, answer.LeaderEpoch, _endpoints));
        }
    }

    private struct Part(PartitionLane lane, ProducerBatch batch)
    {
        public readonly PartitionLane Lane = lane;
        public readonly ProducerBatch Batch = batch;
        public PartitionAnswer Answer;
        public bool IsAnswered;
    }
}
