using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What a look at a running producer tells.</summary>
public class StatusTests
{
    [Fact]
    public void A_producer_that_did_nothing_has_nothing_to_tell()
    {
        ProducerWorld.Run(world =>
        {
            var status = world.Producer.GetStatus();
            Assert.Empty(status.Brokers);
            Assert.Equal(Idle(status), status);
            Assert.Null(status.SinceMetadata);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void The_whole_cluster_is_seen_as_soon_as_a_broker_answers()
    {
        ProducerWorld.Run(
            async world =>
            {
                Assert.Null(world.Producer.GetStatus().ClusterId);
                Assert.Empty(world.Producer.GetStatus().ClusterBrokers);
                await world.Producer.ConnectAsync();
                var status = world.Producer.GetStatus();
                Assert.Equal(world.Kafka.Options.ClusterId, status.ClusterId);
                Assert.Equal(world.Kafka.BootstrapServers, status.ClusterBrokers.Select(static broker => $"{broker.Host}:{broker.Port}"));
                Assert.Empty(status.Brokers);
            });
    }

    [Fact]
    public void Records_that_a_broker_does_not_answer_are_seen_with_their_age()
    {
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Succeed("first");
                world.Kafka.Faults.On(ApiKey.Produce).DropResponse().Times(1);
                var sent = world.SendEach(0, "unanswered", "after it");
                await world.Delay(2000);
                var status = world.Producer.GetStatus();
                Assert.Equal(TimeSpan.FromSeconds(2), status.OldestRecordAge);
                Assert.InRange(status.UndecidedBatches, 1, 2);
                Assert.InRange(status.BufferUsed, 1, status.BufferMemory);
                var broker = Assert.Single(status.Brokers);
                Assert.InRange(broker.RequestsInFlight, 1, 5);
                Assert.True(broker.IsConnected);
                Assert.Equal(TimeSpan.FromSeconds(2), broker.SinceLastAnswer);
                await Task.WhenAll(sent);
                status = world.Producer.GetStatus();
                Assert.Equal(Idle(status), status);
                Assert.NotNull(status.SinceMetadata);
            });
    }

    [Fact]
    public void Records_and_callers_in_line_are_seen_apart()
    {
        ProducerWorld.Run(
            async world =>
            {
                // No topic yet: all stand in line for its metadata.
                world.Kafka.Faults.On(ApiKey.Metadata).DropResponse();
                var sent = world.SendEach(0, "a", "b");
                var pushed = ProducerWorld.Start(() => world.Producer.OnNext(new Record("t", "c")));
                await world.Delay(10);
                var status = world.Producer.GetStatus();
                Assert.Equal((3, 1), (status.WaitingRecords, status.BlockedCallers));
                Assert.Equal(TimeSpan.FromMilliseconds(10), status.OldestRecordAge);
                await world.Producer.PurgeAsync();
                await Task.WhenAll(sent);
                await pushed;
                status = world.Producer.GetStatus();
                Assert.Equal(Idle(status), status);
            });
    }

    [Fact]
    public void Outcomes_that_observers_hold_are_seen()
    {
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                var holds = new TaskCompletionSource();
                using var slow = world.Producer.Acks.Subscribe(_ => world.Simulation.Runtime.Wait(holds.Task));
                world.Producer.OnNext(new Record("t", "a"));
                await world.Producer.FlushAsync();
                await world.Delay(10);
                Assert.Equal(1, world.Producer.GetStatus().UnobservedDeliveries);
                holds.SetResult();
                await world.Delay(10);
                Assert.Equal(0, world.Producer.GetStatus().UnobservedDeliveries);
            });
    }

    [Fact]
    public void A_broker_that_is_not_there_tells_why()
    {
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Succeed("first");
                world.Kafka.Stop(1, elect: false);
                var sent = world.SendEach(0, "v");
                await world.Delay(3000);
                var broker = Assert.Single(world.Producer.GetStatus().Brokers);
                Assert.False(broker.IsConnected);
                Assert.NotNull(broker.LastFailure);
                world.Kafka.Restart(1);
                await Task.WhenAll(sent);
                Assert.Null(Assert.Single(world.Producer.GetStatus().Brokers).LastFailure);
            });
    }

    [Fact]
    public void Looks_that_see_the_same_are_equal_and_their_text_shows_each_broker()
    {
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Succeed("v");
                var (one, other) = (world.Producer.GetStatus(), world.Producer.GetStatus());
                Assert.NotSame(one, other);
                Assert.Equal(one, other);
                Assert.Equal(one.GetHashCode(), other.GetHashCode());
                Assert.NotEqual(one, other with { Brokers = [other.Brokers[0] with { RequestsInFlight = 1 }] });
                Assert.NotEqual(one, other with { ClusterBrokers = [] });
                var address = world.Kafka.BootstrapServers[0];
                Assert.Contains($" ClusterBrokers = [1 at {address}], Brokers = [1 at {address}, connected, 0 in flight, answered 0.0 s ago], ", one.ToString(), StringComparison.Ordinal);
            });
    }

    [Fact]
    public void After_dispose_it_says_so()
    {
        ProducerWorld.Run(async world =>
        {
            await world.Producer.DisposeAsync();
            Assert.True(world.Producer.GetStatus().IsDisposed);
            Assert.Null(world.Producer.GetStatus().FatalError);
        });
    }

    /// <summary>The same look of a producer that owes nothing.</summary>
    private static ProducerStatus Idle(ProducerStatus status) => status with
    {
        BufferUsed = 0,
        WaitingRecords = 0,
        BlockedCallers = 0,
        OpenBatches = 0,
        UndecidedBatches = 0,
        OldestRecordAge = TimeSpan.Zero,
        UnobservedDeliveries = 0,
        FatalError = null,
        IsDisposed = false,
    };
}
