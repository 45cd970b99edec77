using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>The process stands still (a paused machine, a debugger) while answers come: they count (design 4.11).</summary>
public class StandstillTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(60)]
    public void Answers_that_came_while_the_process_stood_still_are_read_before_anything_is_over(int seconds)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var log = new EventLog();
            ProducerWorld.Run(
                async world =>
                {
                    world.Kafka.CreateTopic("t");
                    await world.Succeed("first");
                    world.Kafka.Faults.On(ApiKey.Produce).DelayResponse(TimeSpan.FromSeconds(1)).Times(1);
                    var sending = world.SendEach(0, "second")[0];
                    await world.Delay(500);
                    world.Simulation.Time.Leap(TimeSpan.FromSeconds(seconds));
                    Assert.Null((await sending).Error);
                    Assert.Equal(["first", "second"], world.Log());
                },
                Setup.Default with { Idempotent = false, InFlight = 1, RequestTimeoutMs = 2000, DeliveryTimeoutMs = 8000, LatencyMs = 5 },
                seed,
                logs: log);
            Assert.Equal(0, log.Count(304));
        }
    }
}
