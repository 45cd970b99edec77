using System.Reactive.Linq;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Every wait of OnNext ends, and is in the log after a second (design 4.8).</summary>
public sealed class LongWaitTests : IDisposable
{
    private const int Waits = 406;

    private readonly EventLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void A_wait_for_metadata_is_said_each_second() => Run(
        async world =>
        {
            await ProducerWorld.Start(() => world.Producer.OnNext(new Record("nowhere", "v")));
            Assert.Equal(3500, world.Now.TotalMilliseconds);
            Assert.Equal(3, _log.Count(Waits));
            Assert.Contains("partitions of topic nowhere", Said(), StringComparison.Ordinal);
        },
        brokers: new EmbeddedKafkaOptions { AutoCreateTopics = false });

    [Fact]
    public void A_wait_for_memory_is_said_each_second() => Run(
        async world =>
        {
            world.Kafka.AcceptAndNeverAnswer(1);
            for (var i = 0; i < 20; i++)
            {
                world.Producer.OnNext(new Record("t", new byte[1000]) { Partition = 0 });
            }

            Assert.InRange(_log.Count(Waits), 3, 60);
            Assert.EndsWith("for memory (BufferMemory, 32768 bytes) for topic t partition 0", Said(), StringComparison.Ordinal);
        },
        new Setup { BufferMemory = 8192 });

    // It holds up its source, but for a record a second: nothing tells it from one that waits for the source.
    [Fact]
    public void A_wait_for_an_observer_that_hangs_is_said_and_lets_a_record_a_second_pass() => Run(
        async world =>
        {
            var forever = new TaskCompletionSource();
            world.Producer.Acks.Subscribe(new Collector<RecordMetadata>(_ => world.Simulation.Runtime.Wait(forever.Task)));
            var offered = 0;
            var stop = false;
            var source = ProducerWorld.Start(() =>
            {
                for (; !stop; offered++)
                {
                    world.Producer.OnNext(new Record("t", "v"));
                    world.Wait(1);
                }
            });
            await world.Delay(10);
            var before = offered;
            await world.Delay(30_000);
            Assert.InRange(offered - before, 20, 31);
            Assert.InRange(_log.Count(Waits), 29, 30);
            Assert.Contains("MaxUnobservedDeliveries allows 1.", Said(), StringComparison.Ordinal);
            stop = true;
            forever.SetResult();
            await source;
        },
        new Setup { Unobserved = 1, BatchSize = 0 });

    [Fact]
    public void A_record_that_waited_for_observers_for_max_block_fails() => Run(
        async world =>
        {
            world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(_ => world.Wait(900)));
            var pushing = Enumerable.Range(0, 40).Select(_ => ProducerWorld.Start(() => world.Producer.OnNext(new Record("t", "v")))).ToArray();
            await world.Delay(1);
            var late = ProducerWorld.Start(() => world.Producer.OnNext(new Record("t", "late")));
            await late;
            Assert.Equal(3501, world.Now.TotalMilliseconds);
            await Task.WhenAll(pushing);
            Assert.DoesNotContain("late", world.Log());
        },
        new Setup { Unobserved = 1, BatchSize = 0 });

    // The reader's own loop is whom OnNext waits for.
    [Fact]
    public void A_reader_of_outcomes_may_offer_records() => Run(
        async world =>
        {
            var again = 0;
            var reading = Task.Factory.StartNew(
                async () =>
                {
                    await foreach (var delivery in world.Producer.Deliveries.ReadAllAsync(capacity: 4))
                    {
                        if (delivery.State.Topic == "t")
                        {
                            again++;
                            world.Producer.OnNext(new Record("again", "v"));
                        }
                    }
                },
                CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();
            await world.Delay(1);
            await ProducerWorld.Start(() =>
            {
                for (var i = 0; i < 500; i++)
                {
                    world.Producer.OnNext(new Record("t", "v"));
                }
            });
            await world.Producer.FlushAsync();
            while (again < 500)
            {
                await world.Delay(10);
            }

            world.Producer.OnCompleted();
            await world.Producer.Completion;
            await reading;
            Assert.Equal(1000, world.Kafka.Counters.Records);
            Assert.InRange(world.Now.TotalSeconds, 0, 30);
        },
        new Setup { Unobserved = 10, BatchSize = 0 },
        maxBlockMs: 60_000);

    // Nobody is blocked, so there may be more than the brokers take within MaxBlock.
    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void Many_awaited_at_once_fail_only_when_none_of_them_moves_for_max_block(int partitions) => Run(
        async world =>
        {
            var topic = partitions == 0 ? "t" : "spread";
            world.Kafka.CreateTopic("spread", 6);
            world.Kafka.Faults.On(ApiKey.Produce).DelayResponse(TimeSpan.FromMilliseconds(20));
            var sent = Enumerable.Range(0, 2000).Select(_ => world.SendAsync(new Record(topic, new byte[1000]), StepKind.Send)).ToArray();
            Assert.All(await Task.WhenAll(sent), static result => Assert.Null(result.Error));
            Assert.InRange(world.Now.TotalMilliseconds, 101, 60_000);
            world.Kafka.AcceptAndNeverAnswer(1);
            var stuck = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => world.SendAsync(new Record(topic, new byte[1000]), StepKind.Send)));
            Assert.Contains(stuck, static result => result is { Error.Code: ProduceErrorCode.BufferFull, Milliseconds: >= 100 and < 300 });
        },
        new Setup { BufferMemory = 16384, DeliveryTimeoutMs = 5000 },
        maxBlockMs: 100);

    // The awaited one at the head has more time, because it came to stand there when others had left the line.
    [Fact]
    public void A_thread_behind_awaited_records_is_blocked_for_max_block_and_no_longer() => Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).DelayResponse(TimeSpan.FromMilliseconds(300));
            var sent = Enumerable.Range(0, 60).Select(_ => world.SendAsync(new Record("t", new byte[1000]), StepKind.Send)).ToArray();
            var blocked = Enumerable.Range(0, 3).Select(_ => world.SendAsync(new Record("t", new byte[1000]), StepKind.OnNext)).ToArray();
            foreach (var (error, _, took) in await Task.WhenAll(blocked))
            {
                Assert.Equal((ProduceErrorCode.BufferFull, 500), (error!.Code, took));
            }

            Assert.All(await Task.WhenAll(sent), static result => Assert.Null(result.Error));
        },
        new Setup { BufferMemory = 16384, InFlight = 1 },
        maxBlockMs: 500);

    private string Said() => _log.Events.First(static e => e.Id == Waits).Text;

    private void Run(
        Func<ProducerWorld, Task> body, Setup? setup = null, EmbeddedKafkaOptions? brokers = null, double maxBlockMs = 3500) =>
        ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Producer.GetPartitionsAsync("t");
            await body(world);
        },
        setup,
        brokers: brokers,
        configure: options => options.MaxBlock = TimeSpan.FromMilliseconds(maxBlockMs),
        logs: _log);
}
