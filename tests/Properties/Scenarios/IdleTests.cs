using Microsoft.Extensions.Logging;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>A service that sends now and then, behind a network that ends idle connections (design 4.11, 4.12).</summary>
public class IdleTests
{
    private static readonly Setup ThreeBrokers = Setup.Default with { Brokers = 3 };

    [Theory]
    [InlineData(RequiredAcks.All)]
    [InlineData(RequiredAcks.None)]
    public void Idle_connections_that_are_cut_bring_no_warning_no_delay_and_no_question(RequiredAcks acks)
    {
        var log = new EventLog();
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t", 3);
                for (var minute = 0; minute < 60; minute++)
                {
                    if (minute % 20 == 0)
                    {
                        for (var partition = 0; partition < 3; partition++)
                        {
                            var (error, _, took) = await world.SendEach(partition, "v")[0];
                            Assert.Null(error);
                            Assert.InRange(took, 0, minute == 0 ? 1000 : 2);
                        }
                    }

                    await world.Delay(60_000);
                    if (minute % 4 == 3)
                    {
                        Array.ForEach([1, 2, 3], world.Kafka.CutConnections);
                    }
                }

                Assert.Empty(log.Events.Where(static e => e.Level >= LogLevel.Warning).Select(static e => e.Text));
                Assert.InRange(world.Kafka.Counters.Requests(ApiKey.Metadata), 1, 16);
            },
            ThreeBrokers with { Acks = acks, Idempotent = acks == RequiredAcks.All },
            logs: log);
    }

    [Fact]
    public void A_connection_that_is_cut_with_a_request_in_flight_is_a_warning()
    {
        var log = new EventLog();
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Succeed("first");
                world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: true).Times(1);
                await world.Succeed("second");
            },
            logs: log);
        Assert.Equal(1, log.Count(304));
    }

    // A broker answers acks = 0 only so.
    [Fact]
    public void With_acks_0_a_close_soon_after_a_record_is_a_warning_and_a_question()
    {
        var log = new EventLog();
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Succeed("first");
                await world.Delay(1100);
                var asked = world.Kafka.Counters.Requests(ApiKey.Metadata);
                world.Kafka.Faults.On(ApiKey.Produce).Fail(6).Times(1);
                await world.Succeed("second");
                await world.Delay(2000);
                Assert.Equal(asked + 1, world.Kafka.Counters.Requests(ApiKey.Metadata));
            },
            Setup.Default with { Acks = RequiredAcks.None, Idempotent = false },
            logs: log);
        Assert.Equal(1, log.Count(304));
    }
}
