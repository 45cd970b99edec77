using Rx.Kafka.Metadata;
using Rx.Kafka.Properties.Metadata.Scripted;

namespace Rx.Kafka.Properties.Metadata;

/// <summary>What becomes of a topic that somebody wants to know about.</summary>
// Carries M11 (errors of topics), M21 (topics that expire); S5 (idle topics, which come back with their next record).
public sealed class WatchedTopicsTests
{
    [Fact]
    public void A_topic_that_is_kept_counts_as_used_then()
    {
        var topics = new WatchedTopics();
        topics.Watch("t", 0);
        topics.Answered(["t"], []);
        Assert.Empty(topics.DropIdle(since: 50, now: 100, static _ => true));
        Assert.Empty(topics.DropIdle(since: 99, now: 149, static _ => false));
        Assert.Equal(["t"], topics.DropIdle(since: 100, now: 150, static _ => false));
    }

    [Fact]
    public void A_topic_nobody_uses_is_dropped_unless_somebody_keeps_it()
    {
        var w = new Watching(configure: o => o.MetadataMaxIdle = TimeSpan.FromMinutes(7));
        w.Metadata.KeepTopic = name => name == "kept";
        foreach (var name in new[] { "idle", "kept", "used" })
        {
            w.Cluster.Topics[name] = new FakeTopic(name, new FakePartition(1));
        }

        w.Watch("idle", "kept", "used");
        w.World.RunFor(TimeSpan.FromMinutes(6));
        w.Watch("used");
        w.World.RunFor(TimeSpan.FromMinutes(6));
        w.Watch("used");
        w.World.RunFor(TimeSpan.FromMinutes(4));
        Assert.Equal(["idle,kept,used", "idle,kept,used", "idle,kept,used", "kept,used"], w.Cluster.Asked);
        Assert.Equal(["kept", "used"], w.Metadata.Current.Topics.Select(t => t.Name));
        w.Watch("idle");
        Assert.NotNull(w.Metadata.Current.Topic("idle"));
        w.End();
    }

    [Fact]
    public void An_unknown_topic_is_asked_for_until_it_is_there()
    {
        var w = new Watching();
        w.Watch("t");
        Assert.Equal((short)3, w.Metadata.TopicError("t"));
        Assert.Null(w.Metadata.Current.Topic("t"));
        w.World.RunFor(TimeSpan.FromSeconds(5));
        w.Cluster.Topics["t"] = new FakeTopic("t", Guid.Empty, 5);
        w.World.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal((short)5, w.Metadata.TopicError("t"));
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(-1, 0, 5));
        w.World.RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(-1, w.Topic("t").Partitions[0].LeaderId);
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(2, 1));
        w.World.RunFor(TimeSpan.FromSeconds(1.2));
        Assert.Equal(2, w.Topic("t").Partitions[0].LeaderId);
        Assert.Equal((short)0, w.Metadata.TopicError("t"));
        var asked = w.Cluster.Asked.Count();
        w.World.RunFor(TimeSpan.FromMinutes(1));
        Assert.Equal(asked, w.Cluster.Asked.Count());
        w.End();
    }

    [Theory]
    [InlineData(17)]
    [InlineData(29)]
    public void A_topic_that_is_invalid_or_forbidden_is_not_asked_for_again_by_itself(short code)
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", Guid.Empty, code);
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromMinutes(1));
        Assert.Equal(code, w.Metadata.TopicError("t"));
        Assert.Single(w.Cluster.Asked);

        // Forbidden is asked again when somebody wants it again; a name does not become valid.
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Watch("t");
        Assert.Equal(code == 29, w.Metadata.Current.Topic("t") is not null);
        w.End();
    }

    [Fact]
    public void A_topic_that_is_taken_away_is_gone_from_the_snapshot()
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Watch("t");
        w.Cluster.Topics.Remove("t");
        w.Metadata.RequestRefresh();
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Null(w.Metadata.Current.Topic("t"));
        Assert.Equal((short)3, w.Metadata.TopicError("t"));
        w.End();
    }

    [Fact]
    public void An_answer_that_passes_over_a_topic_does_not_make_the_client_ask_without_pause()
    {
        var w = new Watching();
        w.Cluster.OnMetadata = (_, request) => w.Cluster.Metadata(request.Version, ["somebody-elses"]);
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromSeconds(10));
        Assert.InRange(w.Cluster.Asked.Count(), 2, 20);
        Assert.Equal((short)3, w.Metadata.TopicError("t"));
        Assert.Null(w.Metadata.Current.Topic("somebody-elses"));
        w.End();
    }

    [Fact]
    public void A_known_topic_that_another_clusters_answer_passes_over_is_asked_for_again()
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1, 1));
        w.Watch("t");
        w.Cluster.ClusterId = "c2";
        w.Cluster.OnMetadata = (_, request) => w.Cluster.Metadata(request.Version, []);
        w.Metadata.RequestRefresh();
        w.World.RunFor(TimeSpan.FromSeconds(2));
        Assert.Null(w.Metadata.Current.Topic("t"));
        w.Cluster.OnMetadata = null;
        w.World.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(1, w.Topic("t").Partitions[0].LeaderId);
        w.End();
    }

    [Fact]
    public void Another_cluster_behind_the_same_addresses_makes_everything_known_void()
    {
        var w = new Watching();
        foreach (var name in new[] { "a", "b" })
        {
            w.Cluster.Topics[name] = new FakeTopic(name, Guid.NewGuid(), 0, new FakePartition(1, 10));
        }

        w.Watch("a", "b");
        w.Cluster.ClusterId = "c2";
        w.Cluster.Topics["a"] = new FakeTopic("a", new FakePartition(1, 1), new FakePartition(2, 1));
        w.Cluster.Topics["b"] = new FakeTopic("b", new FakePartition(3, 1));
        w.Cluster.Topics["c"] = new FakeTopic("c", new FakePartition(3, 1));
        w.Watch("c");
        Assert.Null(w.Metadata.Current.Topic("a")); // the answer spoke of c only
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(["c", "a", "b"], w.Metadata.Current.Topics.Select(t => t.Name));
        Assert.Equal([1, 1], w.Topic("a").Partitions.Select(p => p.LeaderEpoch));
        Assert.Equal(1, w.Log.Count(204));
        w.End();
    }
}
