using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Metadata;
using Rx.Kafka.Properties.Metadata.Scripted;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Metadata;

// Carries M17.
public sealed class LeaderHintsTests
{
    [Fact]
    public void The_newest_hint_of_each_partition_is_kept_in_the_order_partitions_came()
    {
        var hint = from topic in Gen.Elements("a", "b")
                   from partition in Gen.Choose(0, 2)
                   from epoch in Gen.Choose(0, 9)
                   select new LeaderHint(topic, Guid.Empty, partition, epoch, epoch, []);
        Law.Check("hints", hint.ListOf(), given =>
        {
            var hints = new LeaderHints();
            foreach (var one in given)
            {
                hints.Add(one);
            }

            var expected = given.GroupBy(h => (h.Topic, h.Partition)).Select(g => g.MaxBy(h => h.LeaderEpoch));
            Assert.Equal(expected, hints.Take());
            Assert.Empty(hints.Take());
        });
    }

    [Fact]
    public void A_leader_hint_is_taken_if_it_is_newer_and_its_broker_can_be_found()
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1, 5), new FakePartition(2, 5));
        w.Watch("t");
        void Hint(int partition, int leader, int epoch, params BrokerNode[] endPoints)
        {
            w.Metadata.LeaderHint(new("t", Guid.Empty, partition, leader, epoch, endPoints));
            w.World.Run();
        }

        Hint(0, 2, 5);
        Hint(0, 2, 4);
        Hint(0, 8, 6);
        Hint(7, 2, 6);
        Hint(0, 8, 6, new BrokerNode(8, "b8", 0, null));
        w.Metadata.LeaderHint(new("other", Guid.Empty, 0, 2, 6, []));
        w.World.Run();
        Assert.Single(w.Snapshots);

        Hint(0, 3, 6);
        Assert.Equal([(3, 6), (2, 5)], w.Topic("t").Partitions.Select(p => (p.LeaderId, p.LeaderEpoch)));
        Hint(1, 8, 6, new BrokerNode(8, "b8", 9092, "r"));
        Assert.Equal([(3, 6), (8, 6)], w.Topic("t").Partitions.Select(p => (p.LeaderId, p.LeaderEpoch)));
        Assert.True(w.Metadata.Current.TryGetBroker(8, out var broker));
        Assert.Equal(new BrokerNode(8, "b8", 9092, "r"), broker);
        Assert.Equal(3, w.Snapshots.Count);

        // An answer that is behind the hint does not take it back.
        w.Metadata.RequestRefresh();
        w.World.RunFor(TimeSpan.FromSeconds(0.15));
        Assert.Equal(3, w.Topic("t").Partitions[0].LeaderId);
        w.End();
    }

    // A controlled restart of a broker names a new leader for each of its partitions, all within a moment.
    [Fact]
    public void All_hints_of_one_pass_are_published_in_one_snapshot()
    {
        const int Partitions = 3000;
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", [.. Enumerable.Range(0, Partitions).Select(static _ => new FakePartition(1, 5))]);
        w.Watch("t");
        var before = w.Snapshots.Count;
        for (var partition = 0; partition < Partitions; partition++)
        {
            w.Metadata.LeaderHint(new("t", Guid.Empty, partition, 2, 6, [new BrokerNode(2, "b2", 9092, null)]));
        }

        w.World.Run();
        Assert.Equal(before + 1, w.Snapshots.Count);
        Assert.All(w.Topic("t").Partitions, static partition => Assert.Equal(2, partition.LeaderId));
        w.End();
    }
}
