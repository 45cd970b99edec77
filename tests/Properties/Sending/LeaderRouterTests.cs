using Rx.Kafka.Batching;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Metadata;
using Rx.Kafka.Network;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Properties.Batching;
using Rx.Kafka.Properties.Metadata.Scripted;
using Rx.Kafka.Properties.Outcomes;
using Rx.Kafka.Protocol.Messages;
using Rx.Kafka.Sending;

namespace Rx.Kafka.Properties.Sending;

/// <summary>Partitions follow their leaders, and only what changed is told to a loop (design 4.5).</summary>
public sealed class LeaderRouterTests
{
    private static readonly ProduceError Closed = new(ProduceErrorCode.Closed, "given up");

    private static readonly BrokerNode[] Nodes = [new(1, "b1", 9092, null), new(2, "b2", 9092, null)];

    [Fact]
    public void A_partition_is_with_the_loop_of_its_leader_and_shares_its_brokers_memory_and_stall() => Run((w, router, _) =>
    {
        var load = new PartitionLoad();
        var cluster = Cluster(Nodes, 1, 2, 1, -1);
        var channels = Enumerable.Range(0, 4).Select(p => router.CreateChannel(new TopicName("t"), p, load, cluster)).ToList();
        Assert.Same(channels[0].Owner, channels[2].Owner);
        Assert.Same(channels[0].Owner.Memory, channels[2].Owner.Memory);
        Assert.Equal(3, channels.Select(static channel => channel.Owner.Memory).Distinct().Count());
        Assert.NotNull(load.Leader(0));
        Assert.Same(load.Leader(0), load.Leader(2));
        Assert.NotSame(load.Leader(0), load.Leader(1));
        Assert.Null(load.Leader(3));
    });

    [Fact]
    public void A_partition_moves_with_its_leader_and_waits_with_the_leaderless_while_there_is_none() => Run((w, router, _) =>
    {
        var load = new PartitionLoad();
        var cluster = Cluster(Nodes, 1, 2, -1);
        var channels = Enumerable.Range(0, 3).Select(p => router.CreateChannel(new TopicName("t"), p, load, cluster)).ToList();
        var (first, second, none) = (channels[0].Owner, channels[1].Owner, channels[2].Owner);

        Route(w, router, Cluster(Nodes, 2, -1, 1));
        Assert.Equal([second, none, first], channels.Select(static channel => channel.Owner));
        Assert.Equal(3, w.Log.Count(306));
        Assert.Null(load.Leader(1));

        // The leader's broker is gone from the cluster, then the topic.
        Route(w, router, Cluster(Nodes[..1], 1, 1, -1));
        Assert.Equal([first, first, none], channels.Select(static channel => channel.Owner));
        var told = w.Log.Count(306);
        Route(w, router, new ClusterSnapshot(9, "c", Nodes, []));
        Assert.Equal([none, none, none], channels.Select(static channel => channel.Owner));

        // A topic that is forgotten as idle, and comes back, is no news.
        Route(w, router, Cluster(Nodes, 1, 2, 1));
        Assert.Equal([first, second, first], channels.Select(static channel => channel.Owner));
        Assert.Equal(told, w.Log.Count(306));
    });

    // A snapshot may come for each round of hints, in a producer of many thousand partitions.
    [Fact]
    public void A_snapshot_that_changes_nothing_posts_nothing_and_a_new_address_goes_to_its_loop_alone() => Run((w, router, batching) =>
    {
        var cluster = Cluster(Nodes, 1, 2);
        _ = Enumerable.Range(0, 2).Select(p => router.CreateChannel(new TopicName("t"), p, new PartitionLoad(), cluster)).ToList();
        w.World.Run();
        Assert.Equal(0, Route(w, router, cluster));
        Assert.Equal(0, Route(w, router, new ClusterSnapshot(2, "c", Nodes, [.. cluster.Topics])));
        BrokerNode[] moved = [Nodes[0], new(2, "b9", 9092, null)];
        Assert.Equal(1, Route(w, router, new ClusterSnapshot(3, "c", moved, [.. cluster.Topics])));
        Assert.Equal(0, Route(w, router, new ClusterSnapshot(4, "c", moved, [.. cluster.Topics])));
    });

    // Who makes a channel may hold a snapshot from before the last one.
    [Fact]
    public void A_channel_that_was_made_with_an_old_snapshot_is_routed_by_the_next() => Run((w, router, _) =>
    {
        var (old, now) = (Cluster(Nodes, 1, 1), Cluster(Nodes, 2, 2));
        var first = router.CreateChannel(new TopicName("t"), 0, new PartitionLoad(), old);
        Route(w, router, now);
        var second = router.CreateChannel(new TopicName("t"), 1, new PartitionLoad(), old);
        Assert.NotSame(first.Owner, second.Owner);
        Route(w, router, now);
        Assert.Same(first.Owner, second.Owner);
    });

    // A record that was accepted beside the purge stands in a batch that the old loop has not seen.
    [Fact]
    public void A_purge_reaches_a_batch_that_moves_to_a_loop_that_is_made_later() => Run((w, router, batching) =>
    {
        var channel = router.CreateChannel(new TopicName("t"), 0, new PartitionLoad(), Cluster(Nodes, -1));
        router.GiveUp(batching.Flushes.Current, Closed);
        w.World.Run();
        var record = new HandCompletion();
        batching.Append(channel, BatchingWorld.Numbered(1), completion: record);
        Route(w, router, Cluster(Nodes, 1));
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.StartsWith(Closed.Message, record.Error?.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void A_loop_that_is_made_after_the_end_gives_up_what_comes_to_it() => Run((w, router, batching) =>
    {
        router.GiveUpFromNowOn(Closed);
        var channel = router.CreateChannel(new TopicName("t"), 0, new PartitionLoad(), Cluster(Nodes, 1));
        var record = new HandCompletion();
        batching.Append(channel, BatchingWorld.Numbered(1), completion: record);
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.StartsWith(Closed.Message, record.Error?.Message, StringComparison.Ordinal);
    });

    private static ClusterSnapshot Cluster(BrokerNode[] brokers, params int[] leaders) => new(
        1, "c", brokers, [new TopicMetadata("t", Guid.Empty, 0, [.. leaders.Select(static leader => new PartitionMetadata(leader, 1, [], []))])]);

    /// <summary>Returns how many steps the loops took for it.</summary>
    private static long Route(Watching w, LeaderRouter router, ClusterSnapshot snapshot)
    {
        w.World.Run();
        var before = w.World.Steps;
        router.Route(snapshot);
        w.World.Run();
        return w.World.Steps - before;
    }

    private static void Run(Action<Watching, LeaderRouter, BatchingWorld> body)
    {
        var w = new Watching();
        var batching = new BatchingWorld(scheduler: w.World.Tasks, time: w.World.Time);
        var router = new LeaderRouter(new SendingContext
        {
            Options = w.Options,
            Batching = batching.Context,
            Metadata = w.Metadata,
            ProducerIds = w.Ids,
            Connector = new Connector(w.Cluster, w.World.Time, w.World.Tasks, "me", w.Log, 1 << 20),
            Logger = w.Log,
            Events = new SendingEvents(w.Log, w.Metrics, w.World.Time, w.World.Tasks),
            Random = new Random(1),
            EndProducer = static error => Assert.Fail(error.Message),
        });
        body(w, router, batching);
        var ending = w.World.Do(() => router.DisposeAsync().AsTask());
        w.World.Run();
        Assert.True(ending.IsCompletedSuccessfully);
        batching.Dispose();
        w.End();
    }
}
