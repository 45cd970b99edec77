using Rx.Kafka.Properties.Metadata.Scripted;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Control;

/// <summary>The control loop with its tasks: whom it asks, when it gives a broker up, and how it ends.</summary>
// Carries M19 (nothing told before the first answer), M20 (after close);
// N5 (versions that do not meet), N7 (request timeout), N14 (ends during a request), N16, N19 as they apply to the control connection.
public sealed class ControlLoopTests
{
    [Fact]
    public void Nothing_is_opened_and_nobody_is_told_before_the_first_wish()
    {
        var w = new Watching();
        w.World.RunFor(TimeSpan.FromHours(1));
        Assert.Equal((0, 0, 0L), (w.Cluster.Connects, w.World.Time.Timers, w.Metadata.Current.Version));
        Assert.Empty(w.Snapshots);
        w.End();
    }

    [Fact]
    public void Connecting_succeeds_with_the_first_answer_and_costs_one_request()
    {
        var w = new Watching();
        var connecting = w.Metadata.ConnectAsync(default);
        w.World.Run();
        World.Ended(connecting);
        Assert.Equal([""], w.Cluster.Asked);
        Assert.True(w.Metadata.ConnectAsync(default).IsCompletedSuccessfully);
        w.End();
    }

    [Fact]
    public void Who_gives_up_connecting_is_let_go()
    {
        using var giveUp = new CancellationTokenSource();
        var w = new Watching();
        w.Cluster.Brokers.ForEach(b => b.Silent = true);
        var connecting = w.Metadata.ConnectAsync(giveUp.Token);
        w.World.Run();
        giveUp.Cancel();
        World.Failed<OperationCanceledException>(connecting);
        w.End();
    }

    [Fact]
    public void A_broker_whose_metadata_versions_are_too_new_is_named_and_followed_by_the_next()
    {
        var w = new Watching(brokers: 2);
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Cluster.Brokers.ForEach(static broker => (broker.MetadataMin, broker.MetadataMax) = (99, 100));
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.All(w.Failures, static failure => Assert.Contains("offers Metadata in versions 99-100; this client speaks", failure, StringComparison.Ordinal));
        Assert.Equal(["b1", "b2"], w.Cluster.Trace.Select(static t => t.Split(' ')[1]).Distinct().Order());
        Assert.Empty(w.Cluster.Asked);
        (w.Cluster.Brokers[1].MetadataMin, w.Cluster.Brokers[1].MetadataMax) = (0, 12);
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(1, w.Topic("t").Partitions[0].LeaderId);
        w.End();
    }

    [Fact]
    public void A_broker_that_says_nothing_is_left_after_the_request_timeout()
    {
        var w = new Watching(configure: o => o.RequestTimeout = TimeSpan.FromSeconds(5));
        w.Cluster.Hold = true;
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromSeconds(4.9));
        Assert.Empty(w.Failures);
        w.Cluster.Hold = false;
        w.World.RunFor(TimeSpan.FromSeconds(0.5));
        Assert.Contains("did not answer within 5 s", Assert.Single(w.Failures), StringComparison.Ordinal);
        Assert.NotNull(w.Metadata.Current.Topic("t"));
        Assert.Equal(2, w.Cluster.Connects);
        w.End();
    }

    [Fact]
    public void The_setup_timeout_grows_with_each_failure_up_to_its_maximum()
    {
        var w = new Watching(brokers: 1, o => (o.ConnectionSetupTimeout, o.ConnectionSetupTimeoutMax) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)));
        w.Cluster.Brokers[0].Silent = true;
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromMinutes(1));
        var seconds = w.Failures.Select(f => double.Parse(f.Split("within ")[1].Split(' ')[0])).ToList();
        Assert.InRange(seconds[0], 0.8, 1.2);
        Assert.InRange(seconds[1], 1.6, 2.4);
        Assert.All(seconds.Skip(2), s => Assert.InRange(s, 3.2, 4));
        Assert.True(seconds.Count > 10);
        w.End();
    }

    [Fact]
    public void An_answer_without_brokers_is_a_failure()
    {
        var w = new Watching(brokers: 1);
        w.Cluster.OnMetadata = (_, request) => MetadataBody.Write(request.Version, [], "c1", []);
        var connecting = w.Metadata.ConnectAsync(default);
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Contains("knows no brokers yet", World.Failed<KafkaException>(connecting).Message, StringComparison.Ordinal);
        Assert.Equal(0, w.Metadata.Current.Version);
        w.Cluster.OnMetadata = null;
        w.World.RunFor(TimeSpan.FromSeconds(2));
        Assert.True(w.Metadata.Current.Version > 0);
        w.End();
    }

    [Fact]
    public void An_idle_connection_is_closed_and_opened_again_when_needed()
    {
        var w = new Watching(configure: o => (o.ConnectionsMaxIdle, o.MetadataMaxAge) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)));
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Watch("t");
        Assert.Equal(1, w.Cluster.Open);
        w.World.RunFor(TimeSpan.FromSeconds(59));
        Assert.Equal(1, w.Cluster.Open);
        w.World.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(0, w.Cluster.Open);
        Assert.Empty(w.Failures);
        w.World.RunFor(TimeSpan.FromMinutes(10));
        Assert.Equal(2, w.Cluster.Asked.Count());
        Assert.Empty(w.Failures);
        w.End();
    }

    [Fact]
    public void A_connection_that_is_cut_while_idle_is_no_failure_and_while_asked_is_one()
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Watch("t");
        w.Cluster.Cut();
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 1), (w.Failures.Count, w.Cluster.Connects));

        w.Cluster.Hold = true;
        w.Metadata.RequestRefresh();
        w.World.Run();
        w.Cluster.Cut();
        Assert.Single(w.Failures);
        w.Cluster.Hold = false;
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(2, w.Snapshots.Count);
        w.End();
    }

    [Fact]
    public void After_dispose_who_waits_or_comes_gets_Closed()
    {
        var w = new Watching();
        w.Cluster.Hold = true;
        var connecting = w.Metadata.ConnectAsync(default);
        Assert.False(w.Ids.TryGet(out _));
        w.Watch("t");
        w.End();
        var late = w.Metadata.ConnectAsync(default);
        w.World.Run();
        Assert.Equal(ProduceErrorCode.Closed, Assert.Single(w.Refusals).Code);
        Assert.False(w.Ids.TryGet(out _));
        Assert.Equal(2, w.Refusals.Count);
        foreach (var task in new[] { connecting, late })
        {
            Assert.Equal(ProduceErrorCode.Closed, World.Failed<KafkaProduceException>(task).Code);
        }

        w.Watch("u");
        w.Metadata.RequestRefresh();
        w.Metadata.LeaderHint(new("t", Guid.Empty, 0, 1, 1, []));
        w.World.Run();
        Assert.Equal(0, w.World.Time.Timers);
    }

    [Fact]
    public void A_listener_that_throws_does_not_end_the_loop()
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Metadata.SnapshotChanged = static _ => throw new InvalidOperationException("a fault of the listener");
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromSeconds(2));
        Assert.NotNull(w.Metadata.Current.Topic("t"));
        Assert.True(w.Log.Count(202) > 0);
        w.Metadata.SnapshotChanged = w.Snapshots.Add;
        w.World.RunFor(TimeSpan.FromSeconds(5));
        Assert.NotEmpty(w.Snapshots);
        w.End();
    }
}
