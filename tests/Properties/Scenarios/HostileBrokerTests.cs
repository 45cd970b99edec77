using Microsoft.Extensions.Logging;
using Rx.Kafka.Testing;
using Xunit.Abstractions;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Whatever brokers answer, each record gets its one outcome, nothing hangs, and when they are honest again the producer is as good as new.</summary>
public class HostileBrokerTests(ITestOutputHelper output)
{
    private const short TopicIdsFrom = 10;

    // The producer ended because a broker said that it must; whether that is right is seen elsewhere.
    private const int ProducerEnded = 404;

    private static readonly TimeSpan HostileTime = TimeSpan.FromSeconds(4);

    // MaxBlock, then DeliveryTimeout; a second for what is rounded up on the way.
    private static readonly TimeSpan LongestOutcome = TimeSpan.FromMilliseconds(1500 + 5000 + 1000);

    [Fact]
    public void The_producer_outlives_spoilt_answers()
    {
        var spoilt = 0L;
        Law.Seeds("hostile brokers", seed => spoilt += Run(seed), maxTest: 1000);
        output.WriteLine($"{spoilt} answers were spoilt");
    }

    private static int Run(int seed)
    {
        var random = new Random(seed);
        var setup = MakeSetup(random);
        var brokers = new EmbeddedKafkaOptions { Telemetry = new EmbeddedTelemetryOptions { PushInterval = TimeSpan.FromSeconds(1) } };
        var metadataVersion = Any<short>(random, 1, 4, 7, 8, 9, 10, 12, 13);
        brokers.Apis[ApiKey.Produce] = new ApiRange(3, setup.ProduceVersion);
        brokers.Apis[ApiKey.Metadata] = new ApiRange(0, metadataVersion);
        brokers.Apis[ApiKey.InitProducerId] = new ApiRange(0, Any<short>(random, 0, 1, 2, 4, 5));
        HostileTransport transport = null!;
        using var errors = new EventLog(LogLevel.Error);
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic(ScenarioRecords.Topic, setup.Partitions);
                await OutliveAsync(world, random, setup);
                await ReformAsync(world, transport);
                if (!IsFenced(world.Producer))
                {
                    // With topic ids the highest leader epoch is believed for good, and the count of partitions: then only of another topic nothing untrue is known.
                    await GoOnAsync(world, metadataVersion < TopicIdsFrom ? ScenarioRecords.Topic : "another", setup.Partitions);
                }
            },
            setup,
            seed,
            brokers,
            options =>
            {
                options.DeliveryTimeout = TimeSpan.FromSeconds(5);

                // The more is asked, the more can be spoilt.
                options.RetryBackoff = options.ReconnectBackoff = TimeSpan.FromMilliseconds(5);
                options.RetryBackoffMax = TimeSpan.FromMilliseconds(50);
                options.ReconnectBackoffMax = options.RetryBackoffMax;
                transport = new HostileTransport(options.Transport!, options.Runtime.TaskScheduler, new Random(seed ^ 0x4057), Any(random, 3, 10, 30, 60, 100));
                options.Transport = transport;
            },
            errors);
        Assert.DoesNotContain(errors.Events, static e => e.Id != ProducerEnded);
        return transport.Spoilt;
    }

    /// <summary>Offers records to a producer that is lied to, and waits until each has its outcome.</summary>
    private static async Task OutliveAsync(ProducerWorld world, Random random, Setup setup)
    {
        var delivered = new List<int>();
        using var subscription = world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(delivery => delivered.Add(ScenarioRecords.IdOf(delivery.State.Value))));
        var pushed = new List<int>();
        var awaited = await OfferAsync(world, random, setup, pushed);
        await world.Delay(HostileTime.TotalMilliseconds);
        await Task.WhenAll(awaited).WaitAsync(LongestOutcome, world.Simulation.Time);
        await world.Producer.FlushAsync().AsTask().WaitAsync(LongestOutcome, world.Simulation.Time);

        // What is decided is told a step later; behind the producer's end nothing is told any more.
        await world.Delay(1);
        Assert.Equal(IsFenced(world.Producer) ? pushed.Intersect(delivered) : pushed, delivered.Order());
    }

    /// <summary>From now on nobody lies. What was said on a connection, of versions or of throttling, counts as long as that lasts.</summary>
    private static async Task ReformAsync(ProducerWorld world, HostileTransport transport)
    {
        transport.IsHonest = true;
        foreach (var connection in world.Simulation.Network.Connections)
        {
            connection.Cut();
        }

        await world.Delay(100);
    }

    private static Setup MakeSetup(Random random) => new()
    {
        Brokers = random.Next(1, 4),
        Partitions = random.Next(1, 4),
        BatchSize = Any(random, 0, 200, 16384),
        LingerMs = Any(random, 0, 0, 5),
        BufferMemory = 32768,
        InFlight = random.Next(1, 6),
        Idempotent = random.Next(4) > 0,
        RequestTimeoutMs = 500,
        MaxBlockMs = 1500,
        CloseTimeoutMs = 1000,
        LatencyMs = Any(random, 0, 1, 7),
        TornBytes = Any(random, 0, 0, 13),
        ProduceVersion = Any<short>(random, 3, 5, 7, 8, 9, 10, 12),
    };

    private static async Task<List<Task>> OfferAsync(ProducerWorld world, Random random, Setup setup, List<int> pushed)
    {
        var awaited = new List<Task>();
        var records = random.Next(5, 60);
        for (var id = 0; id < records; id++)
        {
            var step = new Step(0, Any(random, StepKind.Send, StepKind.Enqueue, StepKind.OnNext)) { Bytes = random.Next(4, 400), Partition = random.Next(-1, setup.Partitions) };
            var record = ScenarioRecords.Make(id, step);
            if (step.Kind == StepKind.OnNext)
            {
                pushed.Add(id);
                awaited.Add(ProducerWorld.Start(() => world.Producer.OnNext(record)));
            }
            else
            {
                awaited.Add(world.SendAsync(record, step.Kind));
            }

            await world.Delay(random.Next(5) == 0 ? random.Next(300) : 0);
        }

        return awaited;
    }

    /// <summary>Every partition takes records again, in each way there is, and has them.</summary>
    private static async Task GoOnAsync(ProducerWorld world, string topic, int partitions)
    {
        if (topic != ScenarioRecords.Topic)
        {
            world.Kafka.CreateTopic(topic, partitions);
        }

        foreach (var way in new[] { StepKind.Send, StepKind.Enqueue, StepKind.OnNext })
        {
            for (var partition = 0; partition < partitions; partition++)
            {
                var value = $"{way} {partition}";
                var (error, metadata, _) = await world.SendAsync(new Record(topic, value) { Partition = partition }, way);
                Assert.True(error is null, $"{value}: {error}");
                Assert.Contains(world.Kafka.ReadLog(topic, partition), record => record.Offset == metadata.Offset && record.ValueText == value);
            }
        }
    }

    /// <summary>A spoilt answer may read "another producer took your place": then the producer has ended, as it must.</summary>
    private static bool IsFenced(KafkaProducer producer) =>
        producer.Completion.Exception?.InnerException is KafkaProduceException { IsFatal: true, BrokerErrorCode: 53 or 90 };

    private static T Any<T>(Random random, params T[] values) => values[random.Next(values.Length)];
}
