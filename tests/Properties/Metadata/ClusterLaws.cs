using Rx.Kafka.Properties.Metadata.Scripted;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Metadata;

/// <summary>
/// Whole lives of a client's knowledge: brokers fall silent, drop, refuse and come back, topics come, move, are made anew and go, tasks run in
/// random order. In the end the client knows the truth, everybody who waited was told, and nothing is left (M18).
/// </summary>
public sealed class ClusterLaws
{
    private static readonly string[] Names = ["a", "b", "c", "d"];

    [Fact]
    public void Whatever_happened_the_client_ends_up_knowing_the_truth_and_leaves_nothing() =>
        Law.Seeds("the truth in the end", seed => Live(seed), maxTest: 100);

    [Fact]
    public void The_same_seed_is_the_same_life() =>
        Law.Seeds("replay", seed => Assert.Equal(Live(seed), Live(seed)), maxTest: 20);

    [Fact]
    public void It_can_be_disposed_at_any_moment_and_leaves_nothing() =>
        Law.Seeds("dispose", seed =>
        {
            var chance = new Random(seed);
            var w = new Watching(brokers: 2, seed: seed, shuffleTasks: true);
            w.Cluster.Topics["a"] = new FakeTopic("a", new FakePartition(1));
            w.Cluster.Brokers[0].Down = chance.Next(2) == 0;
            w.Cluster.Brokers[1].DropsAtOnce = chance.Next(4) == 0;
            w.Metadata.Watch("a");
            var connecting = w.Metadata.ConnectAsync(default);
            Assert.False(w.Ids.TryGet(out _));
            for (var steps = chance.Next(60); steps > 0; steps--)
            {
                w.World.Tasks.RunOne();
            }

            w.End();
            Assert.True(connecting.IsCompleted);
            Assert.Equal(1, w.Obtained + w.Refusals.Count);
        });

    private static List<string> Live(int seed)
    {
        var chance = new Random(seed);
        var w = new Watching(brokers: 3, o => o.RequestTimeout = TimeSpan.FromSeconds(2), seed, shuffleTasks: true);
        w.Cluster.Brokers.ForEach(b => b.MetadataMax = chance.Next(1, 14));
        var watched = new List<string>();
        var ids = new List<long>();
        for (var step = 0; step < 60; step++)
        {
            Step(w, chance, watched, ids);
            w.World.RunFor(TimeSpan.FromMilliseconds(chance.Next(4) * chance.Next(200)));
        }

        foreach (var broker in w.Cluster.Brokers)
        {
            (broker.Down, broker.Silent, broker.DropsAtOnce) = (false, false, false);
        }

        w.Cluster.Release();
        w.Metadata.RequestRefresh();
        w.World.RunFor(TimeSpan.FromSeconds(60)); // a handshake that met silence waits for its timeout
        AssertTruth(w, watched);
        UseUpId(w, ids);
        w.World.Run();
        UseUpId(w, ids);
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
        Assert.Empty(w.Refusals);
        Assert.Equal(w.Snapshots.Select(s => s.Version).Order().Distinct(), w.Snapshots.Select(s => s.Version));
        w.End();
        return [.. w.Cluster.Trace, .. w.Failures];
    }

    private static void AssertTruth(Watching w, List<string> watched)
    {
        foreach (var name in watched)
        {
            var truth = w.Cluster.Topics.GetValueOrDefault(name);
            var known = w.Metadata.Current.Topic(name);
            Assert.Equal(truth is null, known is null);
            Assert.Equal(truth is null ? 3 : 0, w.Metadata.TopicError(name));
            Assert.Equal(truth?.Partitions.Select(p => p.Leader), known?.Partitions.Select(p => p.LeaderId));
        }

        Assert.Equal(w.Cluster.Brokers.Select(b => b.Id), w.Metadata.Current.Brokers.Select(b => b.Id));
        Assert.Null(w.Metadata.LastFailure);
    }

    private static void Step(Watching w, Random chance, List<string> watched, List<long> ids)
    {
        var name = Names[chance.Next(Names.Length)];
        var broker = w.Cluster.Brokers[chance.Next(w.Cluster.Brokers.Count)];
        switch (chance.Next(14))
        {
            case 0 or 1:
                w.Metadata.Watch(name);
                watched.Add(name);
                break;
            case 2:
                w.Metadata.RequestRefresh();
                break;
            case 3:
                w.Cluster.Topics[name] = new FakeTopic(name, Id(chance), 0, [.. Enumerable.Range(0, chance.Next(1, 4)).Select(_ => new FakePartition(chance.Next(1, 4), chance.Next(3)))]);
                break;
            case 4 or 5 when w.Cluster.Topics.TryGetValue(name, out var topic):
                Move(w, chance, topic);
                break;
            case 6 when chance.Next(3) == 0:
                w.Cluster.Topics.Remove(name);
                break;
            case 7:
                broker.Down = !broker.Down;
                break;
            case 8 when chance.Next(3) == 0:
                broker.Silent = !broker.Silent;
                break;
            case 9:
                broker.DropsAtOnce = !broker.DropsAtOnce;
                break;
            case 10:
                w.Cluster.Cut();
                break;
            case 11:
                w.Cluster.Hold = true;
                break;
            case 12:
                w.Cluster.Release();
                break;
            default:
                UseUpId(w, ids);
                break;
        }
    }

    /// <summary>Takes the id that is there, and wants another one; or wants the first.</summary>
    private static void UseUpId(Watching w, List<long> ids)
    {
        if (w.Ids.TryGet(out var identity))
        {
            ids.Add(identity.Id);
            w.Ids.Replace(identity.Id);
        }
    }

    private static Guid Id(Random chance)
    {
        var bytes = new byte[16];
        chance.NextBytes(bytes);
        return new Guid(bytes);
    }

    /// <summary>A partition gets another leader, of which the old one may tell (KIP-951).</summary>
    private static void Move(Watching w, Random chance, FakeTopic topic)
    {
        var place = chance.Next(topic.Partitions.Length);
        var moved = new FakePartition(chance.Next(1, 4), topic.Partitions[place].Epoch + 1);
        topic.Partitions[place] = moved;
        if (chance.Next(2) == 0)
        {
            w.Metadata.LeaderHint(new(topic.Name, Guid.Empty, place, moved.Leader, moved.Epoch, [new BrokerNode(moved.Leader, $"b{moved.Leader}", 9092, null)]));
        }
    }
}
