using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Where records come faster than requests go, batches grow instead of waiting in numbers (design 4.4).</summary>
public class SlowPartitionTests
{
    private const int Records = 2000;

    // One record a millisecond, an answer every 100 ms: with a batch for each linger the rest would never be caught up with.
    [Theory]
    [Law("L10")]
    [InlineData(0, 1)]
    [InlineData(5, 1)]
    [InlineData(5, 5)]
    public void What_waits_for_a_slow_broker_waits_in_few_batches(int linger, int inFlight) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Faults.On(ApiKey.Produce).DelayResponse(TimeSpan.FromMilliseconds(100));
            var sending = new List<Task<(ProduceError? Error, RecordMetadata Metadata, double Milliseconds)>>();
            for (var i = 0; i < Records; i++)
            {
                sending.Add(world.SendAsync(new Record("t", "v") { Partition = 0 }, StepKind.Send));
                await world.Delay(1);
            }

            var outcomes = await Task.WhenAll(sending);
            Assert.All(outcomes, static outcome => Assert.Null(outcome.Error));

            // Those under way, the one behind them, and its own.
            Assert.All(outcomes, outcome => Assert.InRange(outcome.Milliseconds, 100, (100 * (inFlight + 2)) + 20));
            Assert.InRange(world.Kafka.Counters.Requests(ApiKey.Produce), Records / 100, (Records / 100) + inFlight + 2);
        },
        new Setup { LingerMs = linger, InFlight = inFlight });
}
