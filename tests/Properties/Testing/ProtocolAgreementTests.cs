using System.Buffers;
using System.Text;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;
using BrokerApi = Rx.Kafka.Testing.ApiKey;

namespace Rx.Kafka.Properties.Testing;

/// <summary>Two codecs that share no code must agree: the producer writes, a broker reads and answers, the producer reads the answer to its last byte.</summary>
public class ProtocolAgreementTests
{
    private delegate void Body(ref KafkaWriter w);

    public static TheoryData<short> MetadataVersions => Versions(1, 13);

    public static TheoryData<short> ProduceVersions => Versions(3, 13);

    public static TheoryData<short> ScannedVersions => Versions(3, 12);

    public static TheoryData<short> ApiVersionsVersions => Versions(0, 4);

    public static TheoryData<short> InitProducerIdVersions => Versions(0, 5);

    [Theory]
    [MemberData(nameof(MetadataVersions))]
    public void Metadata_says_the_same_to_both(short version)
    {
        var cluster = Cluster(3);
        cluster.Create("orders", new TopicOptions { Partitions = 4 });
        cluster.Find("orders")!.Partition(2)!.MoveTo(-1);
        cluster.Broker(2).Listed = false;
        var r = Ask(cluster, BrokerApi.Metadata, version, (ref KafkaWriter w) => Rx.Kafka.Protocol.Messages.MetadataRequest.Write(ref w, version, ["orders", "not there", "bad/name"], false));
        var answer = MetadataResponse.Read(ref r, version);

        Assert.Equal(0, r.Remaining);
        Assert.Equal([1, 3], answer.Brokers.Select(b => b.Id));
        Assert.Equal("broker-3", answer.Brokers[1].Host);
        Assert.Equal(1, answer.ControllerId);
        Assert.Equal(version >= 2 ? cluster.Options.ClusterId : null, answer.ClusterId);
        Assert.Equal([0, 17, 17], answer.Topics.Select(t => (int)t.ErrorCode));
        var orders = answer.Topics[0];
        Assert.Equal(version >= 10 ? cluster.Find("orders")!.Id : Guid.Empty, orders.TopicId);
        Assert.Equal([1, 2, -1, 1], orders.Partitions.Select(p => p.LeaderId));
        Assert.Equal(version >= 7 ? [0, 0, 1, 0] : [-1, -1, -1, -1], orders.Partitions.Select(p => p.LeaderEpoch));
        Assert.Equal([1, 2, 3], orders.Partitions[0].Replicas);
        Assert.Equal([1, 3], orders.Partitions[0].InSync);
        Assert.Equal(5, orders.Partitions[2].ErrorCode);
    }

    [Theory]
    [MemberData(nameof(ProduceVersions))]
    public void Produce_says_the_same_to_both(short version)
    {
        var cluster = Cluster(2);
        var id = cluster.Create("t", new TopicOptions { Partitions = 2 })!.Id;
        var unknown = Guid.NewGuid();
        var batch = RawBatch.Make(3);
        var r = Ask(cluster, BrokerApi.Produce, version, (ref KafkaWriter w) =>
        {
            Rx.Kafka.Protocol.Messages.ProduceRequest.WriteHead(ref w, version, null, -1, 1000, 2);
            WriteTopic(ref w, version, "t", id, [0, 1], batch);
            WriteTopic(ref w, version, "unknown", unknown, [0], batch);
            Rx.Kafka.Protocol.Messages.ProduceRequest.End(ref w, version);
        });
        var reader = new ProduceResponseReader(r, version);

        Assert.True(reader.NextTopic(out var name, out var told));
        Assert.Equal(version >= 13 ? ("", id) : ("t", Guid.Empty), (Encoding.UTF8.GetString(name), told));
        Assert.True(reader.NextPartition(out var first));
        Assert.Equal((0, 0, 0L), (first.Index, first.ErrorCode, first.BaseOffset));
        Assert.True(reader.NextPartition(out var second));
        Assert.Equal((1, 6, -1L), (second.Index, second.ErrorCode, second.BaseOffset));
        Assert.Equal(version >= 10 ? (2, 0) : (-1, -1), (second.LeaderId, second.LeaderEpoch));
        Assert.False(reader.NextPartition(out _));
        Assert.True(reader.NextTopic(out _, out told));
        Assert.Equal(version >= 13 ? unknown : Guid.Empty, told);
        Assert.True(reader.NextPartition(out var third));
        Assert.Equal(version >= 13 ? 100 : 3, third.ErrorCode);
        Assert.False(reader.NextPartition(out _));
        Assert.False(reader.NextTopic(out _, out _));
        reader.End(out _, out var endpoints);
        Assert.Equal(version >= 10 ? ["broker-2:9092"] : [], endpoints.Select(e => $"{e.Host}:{e.Port}"));
        Assert.Equal(0, reader.Rest.Remaining);
        Assert.Equal(3, cluster.Find("t")!.Partition(0)!.Offsets.Next);
    }

    [Theory]
    [MemberData(nameof(ScannedVersions))]
    public void The_transport_that_only_answers_says_what_a_broker_says(short version)
    {
        var topics = new Rx.Kafka.Testing.Network.AnsweredTopics();
        topics.Add("t", 2);
        var batch = RawBatch.Make(3);
        var frame = Frame(BrokerApi.Produce, version, (ref KafkaWriter w) =>
        {
            Rx.Kafka.Protocol.Messages.ProduceRequest.WriteHead(ref w, version, null, -1, 1000, 2);
            WriteTopic(ref w, version, "t", Guid.Empty, [0, 1], batch);
            WriteTopic(ref w, version, "unknown", Guid.Empty, [0], batch);
            Rx.Kafka.Protocol.Messages.ProduceRequest.End(ref w, version);
        });
        var answer = new WireWriter();
        Assert.True(new Rx.Kafka.Testing.Network.ProduceScan(new ReadOnlySequence<byte>(frame)).Answer(topics, answer));
        var r = new KafkaReader(answer.Written.Span);
        Assert.Equal(77, ResponseHeader.Read(ref r, Rx.Kafka.Protocol.ApiKey.Produce, version));
        var reader = new ProduceResponseReader(r, version);
        var seen = new List<(int, int, long)>();
        while (reader.NextTopic(out _, out _))
        {
            while (reader.NextPartition(out var partition))
            {
                seen.Add((partition.Index, partition.ErrorCode, partition.BaseOffset));
            }
        }

        reader.End(out _, out _);
        Assert.Equal(0, reader.Rest.Remaining);
        Assert.Equal([(0, 0, 0), (1, 0, 0), (0, 3, -1)], seen);
        Assert.Equal(6, topics.Records);
    }

    [Theory]
    [MemberData(nameof(ApiVersionsVersions))]
    public void ApiVersions_says_the_same_to_both(short version)
    {
        var cluster = Cluster(1);
        var r = Ask(cluster, BrokerApi.ApiVersions, version, (ref KafkaWriter w) => ApiVersionsRequest.Write(ref w, version, "rx", "1.0"));
        var answer = ApiVersionsResponse.Read(ref r, version);
        Assert.Equal(0, r.Remaining);
        Assert.Equal(0, answer.ErrorCode);
        Assert.Equal(cluster.Options.Apis.Select(a => new ApiVersionRange((short)a.Key, a.Value.Minimum, a.Value.Maximum)), answer.Apis);
    }

    [Theory]
    [InlineData(ApiVersionsFallback.ListsApiVersions, 1)]
    [InlineData(ApiVersionsFallback.ListsNothing, 0)]
    public void ApiVersions_of_the_future_is_answered_35_in_the_oldest_form(ApiVersionsFallback fallback, int listed)
    {
        var cluster = new Cluster(1, new EmbeddedKafkaOptions { ApiVersionsFallback = fallback }, TimeProvider.System, new Random(1));
        var r = Ask(cluster, BrokerApi.ApiVersions, 9, (ref KafkaWriter w) => w.Int32(123));
        var answer = ApiVersionsResponse.ReadUnsupported(ref r);
        Assert.Equal(35, answer.ErrorCode);
        Assert.Equal(listed, answer.Apis.Length);
    }

    [Theory]
    [MemberData(nameof(InitProducerIdVersions))]
    public void InitProducerId_says_the_same_to_both(short version)
    {
        var cluster = Cluster(1);
        for (var id = 1000; id < 1003; id++)
        {
            var r = Ask(cluster, BrokerApi.InitProducerId, version, (ref KafkaWriter w) => InitProducerIdRequest.Write(ref w, version, null, int.MaxValue));
            Assert.Equal(new InitProducerIdResponse(0, 0, id, 0), InitProducerIdResponse.Read(ref r, version));
            Assert.Equal(0, r.Remaining);
        }
    }

    private static TheoryData<short> Versions(short first, short last)
    {
        var versions = new TheoryData<short>();
        for (var version = first; version <= last; version++)
        {
            versions.Add(version);
        }

        return versions;
    }

    private static Cluster Cluster(int brokers)
    {
        var cluster = new Cluster(brokers, new EmbeddedKafkaOptions(), TimeProvider.System, new Random(1));
        foreach (var broker in cluster.Brokers)
        {
            broker.Host = $"broker-{broker.Id}";
            broker.Port = 9092;
        }

        return cluster;
    }

    private static void WriteTopic(ref KafkaWriter w, short version, string name, Guid id, int[] partitions, byte[] batch)
    {
        Rx.Kafka.Protocol.Messages.ProduceRequest.WriteTopic(ref w, version, name, id, partitions.Length);
        foreach (var partition in partitions)
        {
            Rx.Kafka.Protocol.Messages.ProduceRequest.WritePartition(ref w, version, partition, batch.Length);
            w.Raw(batch);
            Rx.Kafka.Protocol.Messages.ProduceRequest.EndPartition(ref w, version);
        }

        Rx.Kafka.Protocol.Messages.ProduceRequest.EndTopic(ref w, version);
    }

    private static byte[] Frame(BrokerApi key, short version, Body body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var w = new KafkaWriter(buffer);
        Rx.Kafka.Protocol.RequestHeader.Write(ref w, (Rx.Kafka.Protocol.ApiKey)key, version, 77, "client");
        body(ref w);
        w.Complete();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The answer's body, behind its header.</summary>
    private static KafkaReader Ask(Cluster cluster, BrokerApi key, short version, Body body)
    {
        var request = Request.Read(Frame(key, version, body), cluster.Options.Knows, cluster.NameOf);
        var writer = new WireWriter();
        request.Header.WriteResponse(writer);
        Assert.Equal(Answering.Answer, request.Answer(new AnswerContext(cluster, cluster.Brokers[0], FaultPlan.None, writer)));
        var r = new KafkaReader(writer.Written.ToArray());
        Assert.Equal(77, ResponseHeader.Read(ref r, (Rx.Kafka.Protocol.ApiKey)key, version));
        return r;
    }
}
