using Microsoft.Extensions.Logging;
using Rx.Kafka.Properties.Diagnostics;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios.Trouble;

/// <summary>Each kind of trouble is one event with its fields, counted once, and nothing else is said.</summary>
public class TroubleTests
{
    private static readonly Dictionary<string, TroubleKind> Kinds = new(StringComparer.Ordinal)
    {
        ["a retry"] = new()
        {
            Happens = static world => Disturbed(world, static rule => rule.Fail(19)),
            Events = ["300 Information Topic=t Partition=0 Records=1 Attempt=1 RetriesLeft=2147483647 Error=NOT_ENOUGH_REPLICAS LeftOut=0"],
            Counts = ["batches.retried{NOT_ENOUGH_REPLICAS} = 1", "records.acknowledged = 1"],
        },
        ["a lost connection"] = new()
        {
            Happens = static world => Disturbed(world, static rule => rule.CutConnection(afterAppend: true)),
            Events =
            [
                "300 Information Topic=t Partition=0 Attempt=1 Error=NETWORK_EXCEPTION", "304 Warning Broker=1 EndPoint=broker-1:9092", "302 Information Broker=1 EndPoint=broker-1:9092",
            ],
            Counts = ["batches.retried{NETWORK_EXCEPTION} = 1", "connections.lost = 1", "connections.opened = 1", "records.acknowledged = 1"],
        },
        ["a silent broker"] = new()
        {
            Happens = static world => Disturbed(world, static rule => rule.Hang()),
            Events = ["300 Information Error=NETWORK_EXCEPTION", "304 Warning Broker=1 EndPoint=broker-1:9092", "302 Information Broker=1"],
            Counts = ["batches.retried{NETWORK_EXCEPTION} = 1", "connections.lost = 1", "connections.opened = 1", "records.acknowledged = 1"],
        },
        ["no connection"] = new()
        {
            IsWarm = false,
            Happens = static async world =>
            {
                await world.Producer.GetPartitionsAsync("t");
                world.Simulation.Network.OnConnect("broker-1", 9092, ConnectBehaviour.Refuse);
                var sending = world.SendAsync(new Record("t", "v"), StepKind.Send);
                await world.Delay(20);
                world.Simulation.Network.OnConnect("broker-1", 9092, ConnectBehaviour.Accept);
                Assert.Null((await sending).Error);
            },
            Events =
            [
                "206 Information EndPoint=broker-1:9092", "303 Warning Broker=1 EndPoint=broker-1:9092 Attempts=1 LeftOut=0", "302 Information Broker=1", "312 Information ProducerId=1000 Epoch=0",
            ],
            Counts = ["connections.failed = 1", "connections.opened = 2", "producer_ids = 1", "records.acknowledged = 1"],
        },
        ["no connection after a lost one"] = new()
        {
            Happens = static async world =>
            {
                world.Simulation.Network.OnConnect("broker-1", 9092, ConnectBehaviour.Refuse);
                world.Simulation.Network.Connections[^1].Cut();
                await world.Delay(1);
                var sending = world.SendAsync(new Record("t", "v"), StepKind.Send);
                await world.Delay(70);
                world.Simulation.Network.OnConnect("broker-1", 9092, ConnectBehaviour.Accept);
                Assert.Null((await sending).Error);
            },
            Events = ["309 Debug Broker=1", "303 Warning Broker=1 Attempts=1 LeftOut=0", "302 Information Broker=1"],
            Counts =
            [
                "connections.closed_while_idle = 1", "connections.failed = 1", "connections.opened = 1", "records.acknowledged = 1",
            ],
        },
        ["an idle connection"] = new()
        {
            Configure = static options => options.ConnectionsMaxIdle = TimeSpan.FromSeconds(10),
            Happens = static world => world.Delay(15_000),
            Events = ["209 Debug EndPoint=broker-1:9092", "309 Debug Broker=1 EndPoint=broker-1:9092"],
            Counts = [],
        },
        ["a throttle"] = new()
        {
            Happens = static world => Disturbed(world, static rule => rule.Throttle(TimeSpan.FromSeconds(2.5))),
            Events = ["305 Warning Broker=1 EndPoint=broker-1:9092 Delay=2500 LeftOut=0"],
            Counts = ["records.acknowledged = 1", "throttle.time = 2.5", "throttles = 1"],
        },
        ["a bumped epoch"] = new()
        {
            Happens = static world => Disturbed(world, static rule => rule.Fail(45)),
            Events = ["300 Information Error=OUT_OF_ORDER_SEQUENCE_NUMBER", "311 Information Topic=t Partition=0 ProducerId=1000 Epoch=1"],
            Counts = ["batches.retried{OUT_OF_ORDER_SEQUENCE_NUMBER} = 1", "epoch.bumps = 1", "records.acknowledged = 1"],
        },
        ["another producer id"] = new()
        {
            Happens = static world => Disturbed(world, static rule => rule.Fail(47)),
            Events = ["300 Information Error=INVALID_PRODUCER_EPOCH", "313 Information Topic=t Partition=0 ProducerId=1000", "312 Information ProducerId=1001 Epoch=0"],
            Counts = ["batches.retried{INVALID_PRODUCER_EPOCH} = 1", "epoch.bumps = 1", "producer_ids = 1", "records.acknowledged = 1"],
        },
        ["an expiry"] = new()
        {
            Setup = new() { BatchSize = 0, DeliveryTimeoutMs = 10_000, RequestTimeoutMs = 10_000 },
            Configure = static options => options.RetryBackoff = options.RetryBackoffMax = TimeSpan.FromSeconds(60),
            Happens = static world => Disturbed(world, static rule => rule.Fail(19), ProduceErrorCode.DeliveryTimeout),
            Events =
            [
                "300 Information Attempt=1 Error=NOT_ENOUGH_REPLICAS",
                "310 Warning Topic=t Partition=0 Records=1 Attempts=1 Error=NOT_ENOUGH_REPLICAS Persistence=NotPersisted LeftOut=0",
            ],
            Counts = ["batches.expired{NOT_ENOUGH_REPLICAS} = 1", "batches.retried{NOT_ENOUGH_REPLICAS} = 1", "records.failed{DeliveryTimeout} = 1"],
        },
        ["a failure that the awaiting caller hears of"] = new()
        {
            Happens = static world => Disturbed(world, static rule => rule.Fail(87), ProduceErrorCode.Broker),
            Events = [],
            Counts = ["records.failed{INVALID_RECORD} = 1"],
        },
        ["a failure that nobody hears of"] = new()
        {
            Happens = static world => Pushed(world, observed: false),
            Events = ["301 Warning Count=1 Topic=t Partition=0 Code=Broker Persistence=NotPersisted"],
            Counts = ["records.failed{INVALID_RECORD} = 1"],
        },
        ["a failure of a task that nobody looks at"] = new()
        {
            Happens = static async world =>
            {
                world.Kafka.Faults.On(ApiKey.Produce).Fail(87).Times(1);
                _ = await world.Producer.EnqueueAsync(new Record("t", "v"));
                await world.Producer.FlushAsync();
            },
            Events = ["301 Warning Count=1 Topic=t Partition=0 Code=Broker Persistence=NotPersisted"],
            Counts = ["records.failed{INVALID_RECORD} = 1"],
        },
        ["a failure that Deliveries tells of"] = new()
        {
            Happens = static world => Pushed(world, observed: true),
            Events = [],
            Counts = ["records.failed{INVALID_RECORD} = 1"],
        },
        ["no producer id for now"] = new()
        {
            IsWarm = false,
            Happens = static async world =>
            {
                world.Kafka.Faults.On(ApiKey.InitProducerId).Fail(14).Times(1);
                Assert.Null((await world.SendAsync(new Record("t", "v"), StepKind.Send)).Error);
            },
            Events =
            [
                "206 Information EndPoint=broker-1:9092", "302 Information Broker=1", "211 Warning Attempt=1 Error=COORDINATOR_LOAD_IN_PROGRESS LeftOut=0", "312 Information ProducerId=1000",
            ],
            Counts = ["connections.opened = 2", "producer_ids = 1", "records.acknowledged = 1"],
        },
        ["no producer id at all"] = new()
        {
            IsWarm = false,
            Happens = static async world =>
            {
                world.Kafka.Faults.On(ApiKey.InitProducerId).Fail(31).Times(1);
                Assert.Equal(ProduceErrorCode.Authorization, (await world.SendAsync(new Record("t", "v"), StepKind.Send)).Error!.Code);
            },
            Events = ["206 Information EndPoint=broker-1:9092", "302 Information Broker=1", "314 Warning Code=Authorization"],
            Counts = ["connections.opened = 2", "records.failed{CLUSTER_AUTHORIZATION_FAILED} = 1"],
        },
        ["a lost control connection"] = new()
        {
            Setup = new() { BatchSize = 0, Brokers = 2 },
            Happens = static async world =>
            {
                world.Kafka.Faults.On(ApiKey.Metadata).CutConnection(afterAppend: false).Times(1);
                Assert.NotEmpty(await world.Producer.GetPartitionsAsync("other"));
            },
            Events = ["200 Debug", "208 Warning", "206 Information"],
            Counts = ["connections.lost = 1", "connections.opened = 1"],
        },
        ["a throttled control connection"] = new()
        {
            Happens = static async world =>
            {
                world.Kafka.Faults.On(ApiKey.Metadata).Throttle(TimeSpan.FromSeconds(1)).Times(1);
                Assert.NotEmpty(await world.Producer.GetPartitionsAsync("other"));
            },
            Events = ["210 Warning EndPoint=broker-1:9092 Request=Metadata Delay=1000 LeftOut=0"],
            Counts = ["throttle.time = 1", "throttles = 1"],
        },
        ["a leader that moved"] = new()
        {
            Setup = new() { BatchSize = 0, Brokers = 2 },
            Happens = static async world =>
            {
                world.Kafka.MoveLeader("t", 0, 2);
                Assert.Null((await world.SendAsync(new Record("t", "v"), StepKind.Send)).Error);
            },
            Events = ["300 Information Error=NOT_LEADER_OR_FOLLOWER", "306 Information Topic=t Partition=0 Broker=2", "302 Information Broker=2 EndPoint=broker-2:9092"],
            Counts = ["batches.retried{NOT_LEADER_OR_FOLLOWER} = 1", "connections.opened = 1", "records.acknowledged = 1"],
        },
        ["idempotence that other options forbid"] = new()
        {
            IsWarm = false,
            Configure = static options => (options.EnableIdempotence, options.RequiredAcks) = (null, RequiredAcks.Leader),
            Happens = static _ => Task.CompletedTask,
            Events = ["450 Warning"],
            Counts = [],
        },
        ["no idempotence, as was asked for"] = new()
        {
            IsWarm = false,
            Configure = static options => (options.EnableIdempotence, options.RequiredAcks) = (false, RequiredAcks.Leader),
            Happens = static _ => Task.CompletedTask,
            Events = [],
            Counts = [],
        },
    };

    private static int _clients;

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_told_once_and_counted_once(string name)
    {
        var kind = Kinds[name];
        Run(kind.Setup, kind.Configure, async (world, log, counted) =>
        {
            if (kind.IsWarm)
            {
                Assert.Null((await world.SendAsync(new Record("t", "warm"), StepKind.Send)).Error);
                log.Clear();
                counted.Clear();
            }

            await kind.Happens(world);
            var events = log.Events;
            Assert.True(
                events.Count == kind.Events.Length && events.Zip(kind.Events).All(static pair => IsAs(pair.First, pair.Second)),
                $"Expected\n{string.Join('\n', kind.Events)}\nbut got\n{string.Join('\n', events)}");
            Assert.Equal(kind.Counts, counted.Sums);
        });
    }

    // An outage of many partitions: a line a second at most, and none is forgotten in the sum.
    [Fact]
    public void A_flood_of_retries_is_one_event_a_second_and_counted_whole() => Run(
        new Setup { BatchSize = 0, RequestTimeoutMs = 10_000, DeliveryTimeoutMs = 30_000 },
        configure: null,
        static async (world, log, counted) =>
        {
            world.Kafka.CreateTopic("many", 50);
            world.Kafka.Faults.On(ApiKey.Produce).Fail(19);
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => world.SendAsync(new Record("many", "v") { Partition = i }, StepKind.Send)));
            var told = log.Events.Where(static e => e.Id == 300).ToList();
            Assert.InRange(told.Count, 25, 31);
            Assert.InRange(told.Sum(static e => 1 + (long)e.Fields["LeftOut"]!), 1000, counted.Of("batches.retried"));
            var expiries = log.Events.Where(static e => e.Id == 310).ToList();
            Assert.Equal(50, counted.Of("batches.expired"));
            Assert.InRange(expiries.Count, 1, 2);
        });

    private static bool IsAs(LoggedEvent told, string expected)
    {
        var parts = expected.Split(' ', 3);
        return told.Id == int.Parse(parts[0]) && told.Level == Enum.Parse<LogLevel>(parts[1]) && (parts.Length < 3 || told.Has(parts[2]));
    }

    private static async Task Disturbed(ProducerWorld world, Action<FaultRule> fault, ProduceErrorCode? fails = null)
    {
        fault(world.Kafka.Faults.On(ApiKey.Produce).Times(1));
        Assert.Equal(fails, (await world.SendAsync(new Record("t", "v"), StepKind.Send)).Error?.Code);
    }

    private static async Task Pushed(ProducerWorld world, bool observed)
    {
        world.Kafka.Faults.On(ApiKey.Produce).Fail(87).Times(1);
        var heard = 0;
        using var subscription = observed ? world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(_ => heard++)) : null;
        await ProducerWorld.Start(() => world.Producer.OnNext(new Record("t", "v")));
        await world.Producer.FlushAsync();
        await world.Delay(1);
        Assert.Equal(observed ? 1 : 0, heard);
    }

    private static void Run(Setup setup, Action<KafkaProducerOptions>? configure, Func<ProducerWorld, EventLog, Counted, Task> body)
    {
        var client = $"trouble-{Interlocked.Increment(ref _clients)}";
        using var log = new EventLog();
        using var counted = new Counted(client);
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await body(world, log, counted);
            },
            setup,
            brokers: new EmbeddedKafkaOptions { NewTopicsHaveNoLeaderYet = false },
            configure: options =>
            {
                options.ClientId = client;
                configure?.Invoke(options);
            },
            logs: log);
    }
}
