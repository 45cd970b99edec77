using Rx.Kafka.Metadata;
using Rx.Kafka.Properties.Metadata.Scripted;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Metadata;

/// <summary>What an answer changes of the whole cluster's picture.</summary>
public sealed class ClusterStateTests
{
    // Each time costs as much as the topic has partitions, and an answer has room for a million.
    [Fact]
    public void A_topic_that_an_answer_names_twice_is_taken_once()
    {
        const short version = 12;
        var r = new KafkaReader(MetadataBody.Write(
            version,
            [(1, "b1", 9092), (2, "b2", 9092)],
            "c1",
            [new FakeTopic("t", new FakePartition(1, 5)), new FakeTopic("t", new FakePartition(2, 6))]));
        var state = new ClusterState();

        state.Apply(MetadataResponse.Read(ref r, version), version, static _ => true, out _);

        var partition = state.Current.Topic("t")!.Partitions[0];
        Assert.Equal((1, 5), (partition.LeaderId, partition.LeaderEpoch));
    }
}
