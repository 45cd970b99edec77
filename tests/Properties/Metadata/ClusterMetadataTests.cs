using Rx.Kafka.Metadata;
using Rx.Kafka.Properties.Metadata.Scripted;
using Rx.Kafka.Properties.Network.Scripted;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Metadata;

// Carries M1 (first update at once), M11 (errors of topics), M12, M13 (partial and full, overlapping), M17 (hints), M19 (nothing told before the first answer), M20 and M21 (after close; topics that expire);
// S5 (idle topics, which come back with their next record);
// N5 (versions that do not meet), N7 (request timeout), N8, N13 (back-off), N14 (ends during a request), N16, N19 as they apply to the control connection.
public sealed class ClusterMetadataTests
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
    public void While_nobody_answers_rounds_are_tried_behind_a_growing_back_off_and_each_address_once_a_round()
    {
        var w = new Watching(configure: o => o.ReconnectBackoffMax = TimeSpan.FromSeconds(2));
        w.Cluster.Brokers.ForEach(b => b.DropsAtOnce = true);
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromMinutes(1));
        var rounds = w.Cluster.Trace.Where(t => t.StartsWith("connect", StringComparison.Ordinal)).Select(t => t.Split(' ')).Chunk(3).ToList();
        Assert.All(rounds.SkipLast(1), round => Assert.Equal(["b1", "b2", "b3"], round.Select(t => t[1]).Order()));
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
        w.World.RunFor(TimeSpan.FromSeconds(2));
        Assert.InRange(w.Cluster.Connects - before, 5, 8); // 50, 100, 200, 400 ms, ...
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
    public void A_broker_whose_metadata_versions_are_too_new_is_named_and_followed_by_the_next()
    {
        var w = new Watching(brokers: 2);
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Cluster.Brokers.ForEach(static broker => (broker.MetadataMin, broker.MetadataMax) = (99, 100));
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromSeconds(1));
        Assert.All(w.Failures, static failure => Assert.Contains("offers Metadata 99-100; this client speaks", failure.Message, StringComparison.Ordinal));
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
        Assert.Contains("did not answer within 5 s", Assert.Single(w.Failures).Message, StringComparison.Ordinal);
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
        var seconds = w.Failures.Select(f => double.Parse(f.Message.Split("within ")[1].Split(' ')[0])).ToList();
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
        Assert.Equal(["idle,kept,used", "idle,kept,used", "kept,used"], w.Cluster.Asked);
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
        Assert.Contains("REBOOTSTRAP_REQUIRED", Assert.Single(w.Failures).Message, StringComparison.Ordinal);
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

    [Fact]
    public void A_leader_hint_is_taken_if_it_is_newer_and_its_broker_can_be_found()
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1, 5), new FakePartition(2, 5));
        w.Watch("t");
        void Hint(int partition, int leader, int epoch, params NodeEndpoint[] endPoints)
        {
            w.Metadata.LeaderHint("t", partition, leader, epoch, endPoints);
            w.World.Run();
        }

        Hint(0, 2, 5);
        Hint(0, 2, 4);
        Hint(0, 8, 6);
        Hint(7, 2, 6);
        Hint(0, 8, 6, new NodeEndpoint(8, "b8", 0, null));
        w.Metadata.LeaderHint("other", 0, 2, 6, []);
        w.World.Run();
        Assert.Single(w.Snapshots);

        Hint(0, 3, 6);
        Assert.Equal([(3, 6), (2, 5)], w.Topic("t").Partitions.Select(p => (p.LeaderId, p.LeaderEpoch)));
        Hint(1, 8, 6, new NodeEndpoint(8, "b8", 9092, "r"));
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

    [Fact]
    public void After_dispose_who_waits_or_comes_gets_Closed()
    {
        var w = new Watching();
        w.Cluster.Hold = true;
        var connecting = w.Metadata.ConnectAsync(default);
        var id = w.Metadata.InitProducerIdAsync();
        w.Watch("t");
        w.End();
        foreach (var task in new[] { connecting, id, w.Metadata.ConnectAsync(default), w.Metadata.InitProducerIdAsync() })
        {
            Assert.Equal(ProduceErrorCode.Closed, World.Failed<KafkaProduceException>(task).Code);
        }

        w.Watch("u");
        w.Metadata.RequestRefresh();
        w.Metadata.LeaderHint("t", 0, 1, 1, []);
        w.World.Run();
        Assert.Equal(0, w.World.Time.Timers);
    }

    [Fact]
    public void A_listener_that_throws_does_not_end_the_loop()
    {
        var w = new Watching();
        w.Cluster.Topics["t"] = new FakeTopic("t", new FakePartition(1));
        w.Metadata.Listener = new Thrower();
        w.Watch("t");
        w.World.RunFor(TimeSpan.FromSeconds(2));
        Assert.NotNull(w.Metadata.Current.Topic("t"));
        Assert.True(w.Log.Count(202) > 0);
        w.Metadata.Listener = w;
        w.World.RunFor(TimeSpan.FromSeconds(5));
        Assert.NotEmpty(w.Snapshots);
        w.End();
    }

    private sealed class Thrower : IMetadataListener
    {
        public void SnapshotChanged(ClusterSnapshot snapshot) => throw new InvalidOperationException("a fault of the listener");

        public void RefreshFailed(Exception cause)
        {
        }
    }
}
