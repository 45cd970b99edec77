using Rx.Kafka.Properties.Metadata.Scripted;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Control;

/// <summary>Whom the control loop asks next, and when it begins again.</summary>
// Carries N8, N11, N13 (back-off) as they apply to the control connection.
public sealed class BrokerRoundTests
{
    [Fact]
    public void Connecting_fails_after_one_full_round_and_says_what_each_broker_did()
    {
        var w = new Watching();
        w.Cluster.Brokers.ForEach(b => b.Down = true);
        var connecting = w.Metadata.ConnectAsync(default);
        w.World.Run();
        var error = World.Failed<KafkaException>(connecting);
        Assert.Equal(3, w.Cluster.Connects);
        foreach (var host in new[] { "b1", "b2", "b3" })
        {
            Assert.Contains($"Nothing listens on {host}:9092", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(3, w.Failures.Count);
        Assert.Equal(error.Message, w.Metadata.LastFailure!.Message);
        w.End();
    }

    [Fact]
    public void While_nobody_answers_rounds_are_tried_after_a_growing_back_off_and_each_address_once_a_round()
    {
        var w = new Watching(configure: o => o.ReconnectBackoffMax = TimeSpan.FromSeconds(2));
        w.Cluster.Brokers.ForEach(b => b.DropsAtOnce = true);
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromMinutes(1));
        var rounds = w.Cluster.Trace.Where(t => t.StartsWith("connect", StringComparison.Ordinal)).Select(t => t.Split(' ')).Skip(6).Chunk(3).ToList();

        // The first round has nine connects, six of them skipped here: an address that has never answered is asked in three versions.
        Assert.All(rounds.Skip(1).SkipLast(1), round => Assert.Equal(["b1", "b2", "b3"], round.Select(t => t[1]).Order()));
        var starts = rounds.ConvertAll(round => long.Parse(round[0][2]));
        var gaps = starts.Zip(starts.Skip(1), (a, b) => b - a).ToList();
        var expected = 50.0;
        foreach (var gap in gaps)
        {
            Assert.InRange(gap, Math.Min(expected, 2000) * 0.8, Math.Min((expected * 1.2) + 1, 2000));
            expected *= 2;
        }

        Assert.InRange(gaps.Count, 25, 45);

        // One comes back: the back-off is over as soon as its time is.
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Cluster.Brokers[0].DropsAtOnce = false;
        w.World.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(1, w.Topic("t").Partitions[0].LeaderId);
        Assert.Null(w.Metadata.LastFailure);
        w.End();
    }

    [Fact]
    public void A_handshake_that_is_through_makes_the_back_off_small_again()
    {
        var w = new Watching(brokers: 1);
        w.Cluster.Brokers[0].Down = true;
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromSeconds(10));
        w.Cluster.Brokers[0].Down = false;
        w.World.RunFor(TimeSpan.FromSeconds(2));
        Assert.True(w.Metadata.Current.Version > 0);
        w.Cluster.Brokers[0].Down = true;
        w.Cluster.Cut();
        var before = w.Cluster.Connects;
        w.World.RunFor(TimeSpan.FromSeconds(3));
        Assert.InRange(w.Cluster.Connects - before, 5, 8); // 100, 200, 400 ms, ...: the first pause, of 50 ms, came with the cut
        Assert.Equal(2, w.Log.Count(201)); // loud once per outage
        w.End();
    }

    [Fact]
    public void A_broker_that_fails_is_followed_by_the_next()
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Cluster.OnMetadata = (broker, _) => broker.Id == 2 ? null : [];
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromSeconds(3));
        Assert.NotNull(w.Metadata.Current.Topic("t"));
        w.End();
    }

    [Fact]
    public void Rebootstrap_drops_the_known_brokers_and_goes_to_the_bootstrap_addresses()
    {
        var w = new Watching(brokers: 1);
        w.Cluster.Brokers[0].MetadataMax = 13;
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Watch("t");
        w.Cluster.Brokers.Add(new FakeBroker(2) { MetadataMax = 13 });
        w.Metadata.RequestRefresh();
        w.World.RunFor(TimeSpan.FromSeconds(1));

        var told = false;
        w.Cluster.OnMetadata = (_, request) =>
        {
            if (told)
            {
                return null;
            }

            told = true;
            return MetadataBody.Write(request.Version, [(1, "b1", 9092)], "c1", [], error: 129);
        };
        w.Cluster.ClusterId = "c2";
        var before = w.Cluster.Trace.Count;
        w.Metadata.RequestRefresh();
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal("b1", Assert.Single(w.Cluster.Trace.Skip(before), t => t.StartsWith("connect", StringComparison.Ordinal)).Split(' ')[1]);
        Assert.Equal("c2", w.Metadata.Current.ClusterId);
        Assert.Contains("REBOOTSTRAP_REQUIRED", Assert.Single(w.Failures), StringComparison.Ordinal);
        w.End();
    }

    [Fact]
    public void When_all_known_brokers_are_gone_the_bootstrap_addresses_are_tried_again()
    {
        var w = new Watching(brokers: 1, o => o.BootstrapServers = ["b1:9092", "b7:9092"]);
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        var connecting = w.Metadata.ConnectAsync(default);
        w.World.Run();
        World.Ended(connecting);
        w.Cluster.Brokers[0].Down = true;
        w.Cluster.Cut();
        w.Cluster.Brokers.Add(new FakeBroker(7));
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.NotNull(w.Metadata.Current.Topic("t"));
        w.End();
    }
}
