using Rx.Kafka.Properties.Diagnostics;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L16, L20, L29-L34, L36, L37, L40: what observers and sources may do without disturbing anybody.</summary>
public class SinkTests
{
    private static readonly Setup SmallWindow = new() { Unobserved = 1, BatchSize = 0 };

    // L16: nothing is kept for nobody, so no window fills.
    [Fact]
    [Law("L16")]
    public void Without_subscribers_any_number_of_records_passes() => Run(
        async world =>
        {
            for (var i = 0; i < 100; i++)
            {
                world.Producer.OnNext(new Record("t", "v"));
            }

            await world.Producer.FlushAsync();
            Assert.Equal(100, world.Kafka.Counters.Records);
            Assert.Equal(0, world.Now.TotalMilliseconds);
        },
        SmallWindow);

    // L33: it holds up its own source, nobody else, and the log gets what was accepted.
    [Fact]
    [Law("L33")]
    public void A_slow_observer_holds_up_its_own_source_only() => Run(
        async world =>
        {
            var seen = 0;
            using var slow = world.Producer.Acks.Subscribe(new Collector<RecordMetadata>(_ =>
            {
                world.Wait(100);
                seen++;
            }));
            var source = ProducerWorld.Start(() =>
            {
                for (var i = 0; i < 10; i++)
                {
                    // Decided before the next one is offered.
                    world.Producer.OnNext(new Record("t", "v"));
                    world.Wait(1);
                }
            });
            var (error, _, took) = await world.SendAsync(new Record("t", "v"), StepKind.Send);
            Assert.Null(error);
            Assert.Equal(0, took);
            await world.Producer.FlushAsync();
            Assert.True(world.Now.TotalMilliseconds < 100);
            await source;
            Assert.InRange(world.Now.TotalMilliseconds, 500, 1000);
            world.Producer.OnCompleted();
            await world.Producer.Completion;
            Assert.Equal(10, seen);
        },
        SmallWindow);

    // L32
    [Fact]
    [Law("L32")]
    public void A_throwing_observer_is_detached_and_faults_completion_and_nobody_else_notices() => Run(async world =>
    {
        world.Simulation.FailsOnUnhandledExceptions = false;
        var calls = 0;
        var others = new List<RecordMetadata>();
        world.Producer.Acks.Subscribe(new Collector<RecordMetadata>(_ =>
        {
            calls++;
            throw new InvalidOperationException("an observer's own fault");
        }));
        world.Producer.Acks.Subscribe(new Collector<RecordMetadata>(others.Add));
        Push(world, 5);
        world.Producer.OnCompleted();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => world.Producer.Completion);
        Assert.Equal("an observer's own fault", error.Message);
        Assert.Equal(1, calls);
        Assert.Equal(5, others.Count);
    });

    // L30
    [Fact]
    [Law("L30")]
    public void Who_unsubscribes_in_a_call_gets_no_other() => Run(async world =>
    {
        var calls = 0;
        IDisposable? subscription = null;
        subscription = world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(_ =>
        {
            calls++;
            subscription!.Dispose();
        }));
        Push(world, 5);
        world.Producer.OnCompleted();
        await world.Producer.Completion;
        Assert.Equal(1, calls);
    });

    // L31
    [Theory]
    [Law("L31")]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_comes_after_the_end_gets_just_the_end(bool fails) => Run(async world =>
    {
        Push(world, 2);
        var error = new InvalidOperationException("the source's");
        if (fails)
        {
            world.Producer.OnError(error);
            Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => world.Producer.Completion));
        }
        else
        {
            world.Producer.OnCompleted();
            await world.Producer.Completion;
        }

        var late = new Collector<RecordMetadata>(static _ => Assert.Fail("nothing was promised"));
        world.Producer.Acks.Subscribe(late);
        Assert.True(late.HasEnded);
        Assert.Same(fails ? error : null, late.Error);
    });

    // L36, L37: the end comes behind all outcomes, without waiting for linger.
    [Theory]
    [Law("L29", "L36", "L37")]
    [InlineData(true)]
    [InlineData(false)]
    public void The_end_comes_behind_all_outcomes_and_at_once(bool fails) => Run(
        async world =>
        {
            var outcomes = new List<Delivery<Record>>();
            var observer = new Collector<Delivery<Record>>(delivery =>
            {
                world.Wait(1);
                outcomes.Add(delivery);
            });
            world.Producer.Deliveries.Subscribe(observer);
            Push(world, 7);
            if (fails)
            {
                world.Producer.OnError(new InvalidOperationException("the source's"));
            }
            else
            {
                world.Producer.OnCompleted();
            }

            try
            {
                await world.Producer.Completion;
            }
            catch (InvalidOperationException)
            {
                Assert.True(fails);
            }

            Assert.Equal(7, world.Now.TotalMilliseconds);
            Assert.Null((await world.SendAsync(new Record("t", "v"), StepKind.Send)).Error);
            Assert.True(observer.HasEnded);
            Assert.Equal(fails, observer.Error is not null);
            Assert.Equal(7, outcomes.Count(static delivery => delivery.Succeeded));
        },
        new Setup { LingerMs = 10_000 });

    // L34: also at the smallest window.
    [Fact]
    [Law("L34")]
    public void An_observer_that_feeds_its_own_source_ends() => Run(
        async world =>
        {
            var fed = 0;
            world.Producer.Acks.Subscribe(new Collector<RecordMetadata>(_ =>
            {
                if (fed++ < 20)
                {
                    world.Producer.OnNext(new Record("t", "again"));
                    world.Producer.OnNext(new Record("t", "again"));
                }
            }));
            Push(world, 3);
            while (fed < 43)
            {
                await world.Delay(1);
            }

            Assert.Equal(43, world.Kafka.Counters.Records);
        },
        SmallWindow);

    // L40: a record is accepted, or refused: then Completion says so.
    [Fact]
    [Law("L40")]
    public void Records_beside_the_end_are_accepted_or_refused()
    {
        using var counted = new Counted(nameof(Records_beside_the_end_are_accepted_or_refused));
        Law.Seeds(
            "L40",
            seed => Run(
                async world =>
                {
                    var (accepted, refused) = (0, 0);
                    world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(delivery => _ = delivery.Succeeded ? accepted++ : refused++));
                    var pushing = Enumerable.Range(0, 6)
                        .Select(_ => ProducerWorld.Start(() => world.Producer.OnNext(new Record("t", new byte[1000])))).ToArray();
                    var ending = ProducerWorld.Start(world.Producer.OnCompleted);
                    await Task.WhenAll(pushing);
                    await ending;
                    var faulted = await Xunit.Record.ExceptionAsync(() => world.Producer.Completion) as KafkaProduceException;
                    Assert.True(refused == 0 || faulted is not null);
                    Assert.True(faulted is null || counted.Of("records.refused") > 0);
                    Assert.Equal(accepted, world.Kafka.Counters.Records);

                    // What came after the streams had ended is in the counter alone.
                    Assert.Equal(6, accepted + counted.Of("records.refused"));
                    Assert.InRange(refused, 0, (int)counted.Of("records.refused"));
                    counted.Clear();
                },
                new Setup { BufferMemory = 8192, BatchSize = 0 },
                seed,
                options => options.ClientId = nameof(Records_beside_the_end_are_accepted_or_refused)),
            100);
    }

    [Fact]
    [Law("L20")]
    public void After_dispose_records_are_refused_and_awaits_throw() => Run(async world =>
    {
        var ended = new Collector<RecordMetadata>(static _ => { });
        world.Producer.Acks.Subscribe(ended);
        await world.Producer.DisposeAsync();
        Assert.True(ended.HasEnded);
        await world.Producer.Completion;
        Push(world, 3);
        Assert.Throws<ObjectDisposedException>(() => { _ = world.Producer.SendAsync(new Record("t", "v")); });
        Assert.Throws<ObjectDisposedException>(() => { _ = world.Producer.EnqueueAsync(new Record("t", "v")); });
        await world.Producer.DisposeAsync();
        world.Producer.Dispose();
        Assert.Equal(0, world.Kafka.Counters.Records);
    });

    // L33, L39: it is waited for until CloseTimeout, and no longer.
    [Fact]
    [Law("L33", "L39")]
    public void Dispose_leaves_an_observer_that_does_not_return() => Run(
        async world =>
        {
            var forever = new TaskCompletionSource();
            world.Producer.Acks.Subscribe(new Collector<RecordMetadata>(_ => world.Simulation.Runtime.Wait(forever.Task)));
            Push(world, 1);
            await world.Producer.FlushAsync();
            await world.Producer.DisposeAsync();
            Assert.Equal(2000, world.Now.TotalMilliseconds);
            await Assert.ThrowsAsync<TimeoutException>(() => world.Producer.Completion);
            forever.SetResult();
        },
        new Setup { CloseTimeoutMs = 2000 });

    [Fact]
    public void Dispose_from_an_observer_does_not_wait_for_it() => Run(async world =>
    {
        var disposed = new TaskCompletionSource();
        world.Producer.Acks.Subscribe(new Collector<RecordMetadata>(_ =>
        {
            world.Producer.Dispose();
            disposed.SetResult();
        }));
        Push(world, 1);
        await disposed.Task;
        Assert.Equal(0, world.Now.TotalMilliseconds);
        await world.Producer.Completion;
    });

    // Dispose lets go whoever is blocked: at the window, in line, and awaiting.
    [Fact]
    [Law("L39")]
    public void Dispose_lets_go_who_is_blocked() => Run(
        async world =>
        {
            world.Producer.Acks.Subscribe(new Collector<RecordMetadata>(_ => world.Wait(100_000)));
            var atWindow = ProducerWorld.Start(() => Push(world, 10));
            await world.Delay(100);
            Assert.False(atWindow.IsCompleted);
            world.Kafka.AcceptAndNeverAnswer(1);
            var sending = Enumerable.Range(0, 10).Select(_ => world.SendAsync(new Record("t", new byte[2000]), StepKind.Send)).ToArray();
            await world.Delay(100);
            await world.Producer.DisposeAsync();
            Assert.Equal(2300, world.Now.TotalMilliseconds);
            await atWindow;
            foreach (var (error, _, _) in await Task.WhenAll(sending))
            {
                Assert.Equal(ProduceErrorCode.Closed, error!.Code);
            }

            Assert.Equal(2300, world.Now.TotalMilliseconds);
        },
        SmallWindow with { BufferMemory = 8192, CloseTimeoutMs = 2000 });

    private static void Run(
        Func<ProducerWorld, Task> body, Setup? setup = null, int seed = 1, Action<KafkaProducerOptions>? configure = null) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Producer.GetPartitionsAsync("t");
            await body(world);
        },
        setup,
        seed,
        configure: configure);

    private static void Push(ProducerWorld world, int records)
    {
        for (var i = 0; i < records; i++)
        {
            world.Producer.OnNext(new Record("t", "v"));
        }
    }
}
