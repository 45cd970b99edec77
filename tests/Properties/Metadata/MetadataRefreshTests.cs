using Rx.Kafka.Properties.Metadata.Scripted;

namespace Rx.Kafka.Properties.Metadata;

/// <summary>When is asked, and for which topics.</summary>
// Carries M1 (first update at once), M12, M13 (partial and full, overlapping).
public sealed class MetadataRefreshTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(13)]
    public void A_new_topic_is_asked_for_at_once_whatever_version_the_broker_speaks(int version)
    {
        var w = new Watching();
        w.Cluster.Brokers.ForEach(b => b.MetadataMax = version);
        w.Cluster.Topics["t"] = new FakeTopic("t", Guid.NewGuid(), 0, new FakePartition(1, 5), new FakePartition(2, 6), new FakePartition(9, 7));
        w.Watch("t");
        Assert.Equal(["t"], w.Cluster.Asked);
        var topic = w.Topic("t");
        Assert.Equal([1, 2, -1], topic.Partitions.Select(p => p.LeaderId)); // broker 9 is not in the answer
        Assert.Equal(version >= 9 ? [5, 6, 7] : [-1, -1, -1], topic.Partitions.Select(p => p.LeaderEpoch));
        Assert.Equal([0, 1], topic.Public.Available.ToArray());
        Assert.Equal(3, topic.Public.Count);
        Assert.Equal(version >= 10, topic.Id != Guid.Empty);
        Assert.Equal(version >= 2 ? "c1" : null, w.Metadata.Current.ClusterId);
        Assert.True(w.Metadata.Current.TryGetBroker(2, out var broker));
        Assert.Equal(("b2", 9092), (broker.Host, broker.Port));
        Assert.Single(w.Snapshots);
        w.End();
    }

    [Fact]
    public void Topics_that_become_new_during_a_request_are_asked_for_together_after_it()
    {
        var w = new Watching();
        w.Cluster.Hold = true;
        w.Watch("a");
        w.Watch("b", "c");
        w.Metadata.Watch("a");
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(["a"], w.Cluster.Asked);
        foreach (var name in new[] { "a", "b", "c" })
        {
            w.Cluster.Topics[name] = new FakeTopic(name, new FakePartition(1));
        }

        w.Cluster.Release();
        Assert.Equal(["a", "b,c"], w.Cluster.Asked);
        Assert.Equal(["a", "b", "c"], w.Metadata.Current.Topics.Select(t => t.Name));
        w.End();
    }

    [Fact]
    public void New_topics_do_not_wait_for_the_back_off_of_answers_that_told_nothing_new()
    {
        var w = new Watching();
        w.Cluster.Topics["a"] = new FakeTopic("a", new FakePartition(-1));
        w.Cluster.Topics["b"] = new FakeTopic("b", new FakePartition(1));
        w.Watch("a");
        w.World.RunFor(TimeSpan.FromSeconds(10));
        var before = w.Cluster.Asked.Count();
        Assert.InRange(before, 8, 16); // 0.1, 0.2, 0.4, 0.8, 1, 1, ...: a leaderless partition is asked for again
        w.Watch("b");
        Assert.Equal("b", w.Cluster.Asked.Skip(before).Single());
        w.End();
    }

    [Fact]
    public void A_refresh_wished_for_during_a_refresh_is_another_one_after_it()
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromSeconds(1));
        w.Cluster.Hold = true;
        w.Metadata.RequestRefresh();
        w.World.Run();
        Assert.Equal(2, w.Cluster.Asked.Count());
        w.Metadata.RequestRefresh();
        w.Metadata.RequestRefresh();
        w.World.RunFor(TimeSpan.FromSeconds(1));
        w.Cluster.Release();
        w.World.RunFor(TimeSpan.FromSeconds(10));
        Assert.Equal(3, w.Cluster.Asked.Count());
        w.End();
    }

    [Fact]
    public void Wishes_for_a_refresh_are_granted_no_oftener_than_the_back_off_allows()
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Watch("t");
        for (var i = 0; i < 1000; i++)
        {
            w.Metadata.RequestRefresh();
            w.World.RunFor(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(w.Cluster.Asked.Count(), 8, 17);
        w.End();
    }

    [Fact]
    public void An_idle_client_wakes_for_metadata_age_only()
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Metadata.KeepTopic = static _ => true;
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromSeconds(1));
        var (fired, steps) = (w.World.Time.Fired, w.World.Steps);
        w.World.RunFor(TimeSpan.FromMinutes(4.9));
        Assert.Equal((fired, steps), (w.World.Time.Fired, w.World.Steps));
        w.World.RunFor(TimeSpan.FromHours(1));
        Assert.Equal(13, w.Cluster.Asked.Count()); // the first, and every 5 minutes
        Assert.Equal(12, w.World.Time.Fired - fired);
        w.End();
    }

    [Fact]
    public void Auto_creation_is_denied_where_it_can_be_and_logged_where_not()
    {
        foreach (var version in new[] { 3, 4, 9, 12 })
        {
            var w = new Watching(configure: o => o.AllowAutoCreateTopics = false);
            w.Cluster.Brokers.ForEach(b => b.MetadataMax = version);
            var autoCreate = false;
            w.Cluster.OnMetadata = (_, request) =>
            {
                request.Topics(out autoCreate);
                return null;
            };
            w.Watch("t");
            Assert.Equal((version < 4, version < 4 ? 1 : 0), (autoCreate, w.Log.Count(203)));
            w.End();
        }
    }
}
