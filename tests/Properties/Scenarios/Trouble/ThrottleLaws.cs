using FsCheck.Fluent;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios.Trouble;

/// <summary>KIP-219: a broker that throttles is sent nothing until its time is over, and what is in flight meanwhile is not late.</summary>
public class ThrottleLaws
{
    private const int RequestTimeoutMs = 3000;

    // The broker reads nothing while it throttles, so answers come after any request timeout (and the 5 s beyond it).
    [Fact]
    public void A_throttle_extends_the_request_timeouts() => Law.Check(
        "A throttle extends the request timeouts",
        Gen.Choose(1, 100_000),
        static throttleMs => Run(12, async world =>
        {
            var before = world.Simulation.Network.ConnectionsOpened;
            world.Kafka.Faults.On(ApiKey.Produce).Throttle(TimeSpan.FromMilliseconds(throttleMs)).Times(1);
            var inFlight = Send(world, 3);
            await world.Delay(1);
            var held = Send(world, 2);
            var outcomes = await Task.WhenAll([.. inFlight, .. held]);
            Assert.All(outcomes, static outcome => Assert.Null(outcome.Error));
            Assert.InRange(outcomes[0].Milliseconds, 0, 1);
            Assert.All(outcomes[1..], outcome => Assert.InRange(outcome.Milliseconds, throttleMs - 1, throttleMs + 1));
            Assert.Equal(before, world.Simulation.Network.ConnectionsOpened);
            Assert.Equal(6, world.Kafka.ReadLog("t").Count);
        }),
        maxTest: 50);

    // It is no less patient than it says: a broker that stays silent beyond that is given up.
    [Fact]
    public void Silence_after_the_throttle_is_a_request_timeout() => Run(12, static async world =>
    {
        world.Kafka.Faults.On(ApiKey.Produce).Throttle(TimeSpan.FromSeconds(20)).Times(1);
        world.Kafka.Faults.On(ApiKey.Produce).Skip(1).Hang().Times(1);
        var outcomes = await Task.WhenAll(Send(world, 2));
        Assert.All(outcomes, static outcome => Assert.Null(outcome.Error));
        Assert.InRange(outcomes[1].Milliseconds, 20_000 + RequestTimeoutMs + 5000, 20_000 + RequestTimeoutMs + 5300);
    });

    // Before Produce 6 a broker waits itself and then answers: to wait again would be twice.
    [Fact]
    public void A_broker_that_has_waited_itself_is_not_waited_for_again() => Run(5, static async world =>
    {
        world.Kafka.Faults.On(ApiKey.Produce).Throttle(TimeSpan.FromSeconds(2)).Times(1);
        Assert.Null((await Send(world, 1)[0]).Error);
        var sent = world.Simulation.Network.Connections.Max(static connection => connection.BytesToServer);
        var next = Send(world, 1);
        await world.Delay(1);
        Assert.True(world.Simulation.Network.Connections.Max(static connection => connection.BytesToServer) > sent, "nothing was sent");
        Assert.Null((await next[0]).Error);
    });

    private static Task<(ProduceError? Error, RecordMetadata Metadata, double Milliseconds)>[] Send(ProducerWorld world, int records) =>
        [.. Enumerable.Range(0, records).Select(_ => world.SendAsync(new Record("t", "v"), StepKind.Send))];

    private static void Run(short produceVersion, Func<ProducerWorld, Task> body)
    {
        var brokers = new EmbeddedKafkaOptions { NewTopicsHaveNoLeaderYet = false };
        brokers.Apis[ApiKey.Produce] = new ApiRange(3, produceVersion);
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                Assert.Null((await Send(world, 1)[0]).Error);
                await body(world);
            },
            new Setup { BatchSize = 0, RequestTimeoutMs = RequestTimeoutMs, DeliveryTimeoutMs = 200_000 },
            brokers: brokers);
    }
}
