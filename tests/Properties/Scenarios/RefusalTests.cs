using System.Reactive.Linq;
using Rx.Kafka.Properties.Diagnostics;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Nothing that is offered disappears without a trace: it is sent, or its loss is told, counted and logged (design 4.8).</summary>
public sealed class RefusalTests : IDisposable
{
    private static readonly Setup LittleMemory = new() { BufferMemory = 64 << 10 };

    private readonly EventLog _log = new();
    private readonly Counted _counted = new(nameof(RefusalTests));

    public void Dispose()
    {
        _counted.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void A_source_that_goes_on_after_another_has_ended_is_told_in_the_log_the_counter_and_completion() => Run(async world =>
    {
        var told = new List<Delivery<Record>>();
        world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(told.Add));
        world.Producer.OnNext(new Record("t", "first source"));
        world.Producer.OnCompleted();
        for (var i = 0; i < 5; i++)
        {
            world.Producer.OnNext(new Record("t", "second source"));
        }

        var error = await Assert.ThrowsAsync<KafkaProduceException>(() => world.Producer.Completion);
        Assert.Equal(ProduceErrorCode.Closed, error.Code);
        Assert.Contains("producer.OnNext", error.Message, StringComparison.Ordinal);
        Assert.Equal(6, told.Count);
        world.Producer.OnNext(new Record("t", "after the streams have ended"));
        await world.Delay(1001);
        Assert.Equal(6, Said(402));
        Assert.Equal(6, _counted.Of("records.refused"));
        Assert.Single(world.Log());
    });

    // The natural code is right for finite sources too: outcomes come after the source has ended.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dead_letters_of_an_observer_are_sent_also_after_the_source_has_ended(bool fails) => Run(async world =>
    {
        world.Kafka.CreateTopic("letters");
        world.Kafka.Faults.On(ApiKey.Produce).Topic("t").Fail(87);
        using var letters = world.Producer.Deliveries.Where(static delivery => !delivery.Succeeded && delivery.State.Topic == "t")
            .Subscribe(delivery => world.Producer.OnNext(new Record("letters", delivery.State.Value)), static _ => { });
        for (var i = 0; i < 10; i++)
        {
            world.Producer.OnNext(new Record("t", $"{i}"));
        }

        if (fails)
        {
            world.Producer.OnError(new InvalidOperationException("the source's"));
            await Assert.ThrowsAsync<InvalidOperationException>(() => world.Producer.Completion);
        }
        else
        {
            world.Producer.OnCompleted();
            await world.Producer.Completion;
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"{i}"), world.Kafka.ReadLog("letters").Select(static record => record.ValueText));
        Assert.Equal(0, _counted.Of("records.refused"));
    });

    // Whatever they wait for: memory, metadata, or observers.
    [Theory]
    [InlineData(StepKind.Send)]
    [InlineData(StepKind.Enqueue)]
    [InlineData(StepKind.OnNext)]
    internal void Records_that_stand_in_line_at_dispose_are_sent(StepKind way) => Run(
        async world =>
        {
            var sent = Enumerable.Range(0, 300).Select(_ => way == StepKind.OnNext
                ? ProducerWorld.Start(() => world.Producer.OnNext(new Record("t", new byte[1000])))
                : world.SendAsync(new Record("t", new byte[1000]), way)).ToArray();
            var unknown = world.SendAsync(new Record("soon", "v"), StepKind.Send);
            world.Simulation.Network.Latency = TimeSpan.FromMilliseconds(5);
            await world.Delay(1);
            Assert.InRange(world.Kafka.Counters.Records, 0, 200);
            await world.Producer.DisposeAsync();
            await Task.WhenAll(sent);
            Assert.Null((await unknown).Error);
            Assert.Equal(301, world.Kafka.Counters.Records);
            Assert.Equal(0, _counted.Of("records.refused"));
        },
        LittleMemory);

    [Fact]
    public void Records_that_wait_for_observers_at_dispose_are_sent() => Run(
        async world =>
        {
            world.Producer.Acks.Subscribe(new Collector<RecordMetadata>(_ => world.Wait(300)));
            var pushing = Enumerable.Range(0, 20).Select(_ => ProducerWorld.Start(() =>
            {
                world.Producer.OnNext(new Record("t", "v"));
                world.Wait(1);
                world.Producer.OnNext(new Record("t", "v"));
            })).ToArray();
            await world.Delay(5);
            await world.Producer.DisposeAsync();
            await Task.WhenAll(pushing);
            Assert.Equal(40, world.Kafka.Counters.Records + _counted.Of("records.refused"));
            Assert.Equal(0, _counted.Of("records.refused"));
        },
        new Setup { Unobserved = 1, BatchSize = 0, CloseTimeoutMs = 60_000 });

    [Fact]
    public void What_cannot_be_sent_within_close_timeout_is_refused_and_counted() => Run(
        async world =>
        {
            world.Kafka.AcceptAndNeverAnswer(1);
            var sent = Enumerable.Range(0, 300).Select(_ => world.SendAsync(new Record("t", new byte[1000]), StepKind.Send)).ToArray();
            await world.Delay(1);
            await world.Producer.DisposeAsync();
            Assert.Equal(2001, world.Now.TotalMilliseconds);
            Assert.All(await Task.WhenAll(sent), static result => Assert.Equal(ProduceErrorCode.Closed, result.Error!.Code));
            Assert.Equal(300, _counted.Of("records.refused") + _counted.Of("records.failed"));
        },
        LittleMemory with { CloseTimeoutMs = 2000 });

    // The brokers took all the time; the observers are well, and have a moment.
    [Fact]
    public void Observers_that_are_well_are_not_blamed_for_the_brokers() => Law.Seeds(
        "healthy observers",
        seed => Run(
            async world =>
            {
                var told = 0;
                world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(_ => told++));
                world.Kafka.AcceptAndNeverAnswer(1);
                for (var i = 0; i < 20; i++)
                {
                    world.Producer.OnNext(new Record("t", "v"));
                }

                await world.Delay(1);
                await world.Producer.DisposeAsync();
                await world.Producer.Completion;
                Assert.Equal(20, told);
            },
            new Setup { CloseTimeoutMs = seed % 2 * 500 },
            seed: seed),
        30);

    // No memory is counted for them, and nothing paces them.
    [Fact]
    public void Refused_records_are_not_kept_for_observers_that_stand_still() => Run(
        async world =>
        {
            var forever = new TaskCompletionSource();
            var (accepted, refused) = (0, 0);
            world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(delivery =>
            {
                world.Simulation.Runtime.Wait(forever.Task);
                _ = delivery.Succeeded ? accepted++ : refused++;
            }));
            for (var i = 0; i < 3000; i++)
            {
                world.Producer.OnNext(new Record("t", "v"));
                world.Wait(1);
            }

            forever.SetResult();
            await world.Delay(2000);
            Assert.InRange(accepted + refused, 2, 1020);
            Assert.Equal(3000, accepted + refused + Said(401));
            Assert.Equal(3000, accepted + _counted.Of("records.refused"));
        },
        new Setup { Unobserved = 2, BatchSize = 0, MaxBlockMs = 0 });

    [Fact]
    public void A_burst_of_refused_records_is_told_to_observers_that_are_well() => Run(
        async world =>
        {
            var told = 0;
            world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(_ => told++));
            for (var i = 0; i < 500; i++)
            {
                world.Producer.OnNext(new Record("no good", "v"));
            }

            await world.Delay(1);
            Assert.Equal(500, told);
            Assert.Equal(500, _counted.Of("records.refused"));
        },
        new Setup { Unobserved = 1, MaxBlockMs = 0 });

    // Nobody observes, so these lines are the only notice.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_log_tells_of_every_failed_record_that_nobody_observes(bool isDisposedSoon) => Run(async world =>
    {
        world.Kafka.Faults.On(ApiKey.Produce).Fail(87);
        for (var i = 0; i < 30; i++)
        {
            world.Producer.OnNext(new Record("t", "v"));
            world.Producer.OnNext(new Record("t", new byte[2 << 20]));
            await world.Delay(10);
        }

        if (isDisposedSoon)
        {
            await world.Producer.DisposeAsync();
        }
        else
        {
            await world.Delay(1001);
        }

        Assert.Equal((30, 30), (Said(301), Said(401)));
        Assert.Equal((30, 30), (_counted.Of("records.failed"), _counted.Of("records.refused")));
        Assert.InRange(_log.Count(301), 1, 3);
    });

    // Its caller goes on while it stands in line.
    [Fact]
    public void A_written_record_that_is_refused_in_line_is_said() => Run(
        async world =>
        {
            await using var sink = world.Producer.OpenSink();
            await sink.Writer.WriteAsync(new Record("nowhere", "v"));
            await world.Delay(62_000);
            Assert.Equal((1, 1L), (Said(401), (long)_counted.Of("records.refused")));
        },
        brokers: new EmbeddedKafkaOptions { AutoCreateTopics = false });

    [Fact]
    public void Each_reason_of_a_refusal_is_counted() => Run(
        async world =>
        {
            using var cancel = new CancellationTokenSource();
            var all = new[]
            {
                world.SendAsync(new Record("t", new byte[2 << 20]), StepKind.Send),
                world.SendAsync(default, StepKind.Enqueue),
                world.SendAsync(new Record("no good", "v"), StepKind.OnNext),
                world.SendAsync(new Record("nowhere", "v"), StepKind.Send),
            };
            var withdrawn = world.Producer.SendAsync(new Record("nowhere", "v"), cancel.Token).AsTask();
            await world.Delay(1);
            cancel.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => withdrawn);
            await Task.WhenAll(all);
            Assert.Equal(
                [
                    "records.refused{Cancelled} = 1", "records.refused{InvalidRecord} = 1", "records.refused{RecordTooLarge} = 1",
                    "records.refused{TopicUnknown} = 2",
                ],
                _counted.Sums.Where(static sum => sum.StartsWith("records.refused", StringComparison.Ordinal)));
        },
        brokers: new EmbeddedKafkaOptions { AutoCreateTopics = false });

    [Fact]
    public void An_observer_that_throws_is_counted() => Run(async world =>
    {
        world.Simulation.FailsOnUnhandledExceptions = false;
        world.Producer.Acks.Subscribe(new Collector<RecordMetadata>(static _ => throw new InvalidOperationException("its own")));
        world.Producer.OnNext(new Record("t", "v"));
        world.Producer.OnCompleted();
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Producer.Completion);
        Assert.Equal(1, _counted.Of("observers.failed"));
        Assert.Equal(1, _log.Count(400));
    });

    private long Said(int id) => _log.Events.Where(e => e.Id == id).Sum(static e => (long)e.Fields["Count"]!);

    private void Run(
        Func<ProducerWorld, Task> body, Setup? setup = null, EmbeddedKafkaOptions? brokers = null, int seed = 1) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            while (setup is { MaxBlockMs: 0 } && (await world.SendAsync(new Record("t", "warm"), StepKind.Send)).Error is not null)
            {
                await world.Delay(10);
            }

            await world.Producer.GetPartitionsAsync("t");
            _counted.Clear();
            await body(world);
        },
        setup,
        seed,
        brokers,
        configure: static options => options.ClientId = nameof(RefusalTests),
        logs: _log);
}
