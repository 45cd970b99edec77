using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios.Trouble;

/// <summary>What a delivery timeout says wherever the batch is when its time is over: what was tried, the last cause, and whether the record may be on the log (design 4.7, L45).</summary>
public class DeliveryTimeoutTests
{
    private const double Limit = 30_000;
    private const string Led = "led by broker 1 at broker-1:9092";

    private static readonly Dictionary<string, Case> Cases = new(StringComparer.Ordinal)
    {
        ["without a connection"] = new(
            static world => world.Simulation.Network.OnConnect("broker-1", 9092, ConnectBehaviour.Refuse),
            Persistence.NotPersisted,
            $"{Led}, not connected (Nothing listens on broker-1:9092",
            "Never sent.",
            IsConnected: false),
        ["without a leader"] = new(
            static _ => { },
            Persistence.NotPersisted,
            "which has no leader",
            "Never sent.",
            HasLeader: false,
            IsConnected: false),
        ["without a producer id"] = new(
            static world => world.Kafka.Faults.On(ApiKey.InitProducerId).Fail(14),
            Persistence.NotPersisted,
            $"{Led}, which waits for a producer id",
            "Never sent.",
            IsConnected: false),
        ["throttled"] = new(
            static world =>
            {
                world.Kafka.Faults.On(ApiKey.Produce).Throttle(TimeSpan.FromSeconds(50)).Times(1);
                _ = world.SendAsync(new Record("t", "throttled"), StepKind.Send);
            },
            Persistence.NotPersisted,
            $"{Led}, which throttles this client for another 19999 ms",
            "Never sent."),
        ["in flight for the first time"] = new(
            static world => world.Kafka.Faults.On(ApiKey.Produce).Hang(), Persistence.PossiblyPersisted, Led, "1 attempt, the last one not answered.", RequestTimeout: Limit),
        ["always refused provably"] = new(
            static world => world.Kafka.Faults.On(ApiKey.Produce).Fail(19), Persistence.NotPersisted, Led, "{sent} attempts, last: NOT_ENOUGH_REPLICAS from broker 1 at broker-1:9092."),
        ["always refused as corrupt"] = new(
            static world => world.Kafka.Faults.On(ApiKey.Produce).Fail(2),
            Persistence.NotPersisted,
            Led,
            "{sent} attempts, last: CORRUPT_MESSAGE from broker 1 at broker-1:9092. Old brokers answer so for a record without key on a compacted topic: give it a key."),
        ["always refused by what proves nothing"] = new(
            static world => world.Kafka.Faults.On(ApiKey.Produce).Fail(7), Persistence.PossiblyPersisted, Led, "{sent} attempts, last: REQUEST_TIMED_OUT from broker 1 at broker-1:9092."),
        ["refused provably after one that proved nothing"] = new(
            static world =>
            {
                world.Kafka.Faults.On(ApiKey.Produce).Fail(7).Times(1);
                world.Kafka.Faults.On(ApiKey.Produce).Skip(1).Fail(19);
            },
            Persistence.PossiblyPersisted,
            Led,
            "{sent} attempts, last: NOT_ENOUGH_REPLICAS from broker 1 at broker-1:9092."),
        ["appended, and never told"] = new(
            static world => world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: true),
            Persistence.PossiblyPersisted,
            Led,
            "{sent} attempts, last: NETWORK_EXCEPTION with broker 1 at broker-1:9092 (The connection to broker-1:9092 broke: The connection was reset)."),
        ["refused provably, then in flight"] = new(
            static world =>
            {
                world.Kafka.Faults.On(ApiKey.Produce).Fail(19).Times(1);
                world.Kafka.Faults.On(ApiKey.Produce).Skip(1).Hang();
            },
            Persistence.PossiblyPersisted,
            Led,
            "2 attempts, the last one not answered; before it: NOT_ENOUGH_REPLICAS from broker 1 at broker-1:9092.",
            RequestTimeout: Limit),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [Law("L45")]
    [MemberData(nameof(Names))]
    public void Tells_what_was_tried_and_what_that_means_for_the_log(string name)
    {
        var (happens, persistence, where, tried, requestTimeout, hasLeader, isConnected) = Cases[name];
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                if (!hasLeader)
                {
                    world.Kafka.MoveLeader("t", 0, -1);
                }

                await world.Producer.GetPartitionsAsync("t");
                if (isConnected)
                {
                    Assert.Null((await world.SendAsync(new Record("t", "warm"), StepKind.Send)).Error);
                }

                happens(world);
                await world.Delay(1);
                var before = world.Kafka.Counters.Requests(ApiKey.Produce);
                var (error, _, took) = await world.SendAsync(new Record("t", "late"), StepKind.Send);
                Assert.Equal((ProduceErrorCode.DeliveryTimeout, persistence), (error!.Code, error.Persistence));
                Assert.InRange(took, Limit, Limit + 1);
                Assert.Contains("Not acknowledged after 30000 ms, the limit is DeliveryTimeout (delivery.timeout.ms) = 30000 ms; raise it to wait longer: topic t partition 0", error.Message, StringComparison.Ordinal);
                Assert.True(error.Message.Contains(where, StringComparison.Ordinal), error.Message);
                Assert.EndsWith(tried.Replace("{sent}", $"{world.Kafka.Counters.Requests(ApiKey.Produce) - before}", StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
                if (persistence == Persistence.NotPersisted)
                {
                    await world.Delay(60_000);
                    Assert.DoesNotContain(world.Kafka.ReadLog("t"), static record => record.ValueText == "late");
                }
            },
            new Setup { BatchSize = 0, DeliveryTimeoutMs = (int)Limit, RequestTimeoutMs = (int)requestTimeout },
            brokers: new EmbeddedKafkaOptions { NewTopicsHaveNoLeaderYet = false },
            configure: static options => options.RetryBackoff = options.RetryBackoffMax = TimeSpan.FromSeconds(1));
    }

    private sealed record Case(
        Action<ProducerWorld> Happens, Persistence Persistence, string Where, string Tried, double RequestTimeout = 3000, bool HasLeader = true, bool IsConnected = true);
}
