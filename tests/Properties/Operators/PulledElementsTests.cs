using System.Runtime.CompilerServices;
using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Operators;

/// <summary>ProduceTo and DeliverTo on async enumerables: pulled only while there is room, in the source's order if that is asked for.</summary>
public sealed class PulledElementsTests
{
    /// <summary>L27: whatever is slow, fails, or asks for no record or several.</summary>
    [Theory]
    [Law("L27")]
    [InlineData(true)]
    [InlineData(false)]
    public void Outcomes_come_in_the_order_of_the_source_or_of_the_partition(bool preserveSourceOrder) => Law.Check(
        "L27", FsCheck.Fluent.Arb.From(FsCheck.Fluent.Gen.Choose(0, int.MaxValue - 1)), seed => ProducerWorld.Run(
            async world =>
            {
                var random = new Random(seed);
                world.Kafka.CreateTopic("t", 3);
                world.Kafka.Faults.On(ApiKey.Produce).Topic("t").Partition(random.Next(3)).Times(3).Delay(TimeSpan.FromMilliseconds(random.Next(1, 400)));
                world.Kafka.Faults.On(ApiKey.Produce).Topic("t").Partition(random.Next(3)).Skip(1).Times(1).Fail(87);
                var elements = Enumerable.Range(0, random.Next(1, 60)).Select(i => new Element(i, random.Next(3), random.Next(10) == 0 ? random.Next(4) : 1)).ToArray();
                var many = random.Next(2) == 0;
                var deliveries = many
                    ? Source(elements, world).DeliverTo(world.Producer, static element => Enumerable.Range(0, element.Records).Select(_ => RecordOf(element)), preserveSourceOrder)
                    : Source(elements, world).DeliverTo(world.Producer, RecordOf, preserveSourceOrder);
                var told = new List<Delivery<Element>>();
                await foreach (var delivery in deliveries)
                {
                    told.Add(delivery);
                    if (random.Next(10) == 0)
                    {
                        await world.Delay(random.Next(50));
                    }
                }

                if (preserveSourceOrder)
                {
                    Assert.Equal(elements, told.Select(static delivery => delivery.State), ReferenceEqualityComparer.Instance);
                }
                else
                {
                    Assert.Equal(elements, told.Select(static delivery => delivery.State).OrderBy(static element => element.Number), ReferenceEqualityComparer.Instance);
                    Assert.All(
                        told.Where(static delivery => delivery.State.Records > 0).GroupBy(static delivery => delivery.State.Partition),
                        static partition => Assert.Equal(partition.Select(static delivery => delivery.State.Number).Order(), partition.Select(static delivery => delivery.State.Number)));
                }
            },
            new Setup { Brokers = 3, InFlight = 1 + (seed % 5), BatchSize = seed % 3 == 0 ? 0 : 200, Unobserved = 1 + (seed % 7), LatencyMs = seed % 4 },
            seed),
        100);

    // The source is pulled only as far as outcomes are read, and a bounded number of them are told ahead.
    [Fact]
    public void The_source_is_pulled_only_while_there_is_room() => ProducerWorld.Run(
        async world =>
        {
            var pulled = 0;
            var deliveries = Endless(_ => pulled++).DeliverTo(world.Producer, static i => new Record("t", $"{i}"));
            await using var enumerator = deliveries.GetAsyncEnumerator();
            Assert.True(await enumerator.MoveNextAsync());
            await world.Delay(10_000);
            Assert.InRange(pulled, 100, 3000);
            var before = pulled;
            for (var i = 0; i < 2000; i++)
            {
                Assert.True(await enumerator.MoveNextAsync());
            }

            await world.Delay(1000);
            Assert.InRange(pulled, before + 1000, before + 3000);
        },
        new Setup { Unobserved = 100 });

    // They have outcomes too, which nobody may have to keep.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Elements_without_a_record_are_pulled_only_while_there_is_room(bool throws) => ProducerWorld.Run(
        async world =>
        {
            var pulled = 0;
            var deliveries = throws
                ? Endless(_ => pulled++).DeliverTo(world.Producer, Record (_) => throw new FormatException())
                : Endless(_ => pulled++).DeliverTo(world.Producer, static _ => Array.Empty<Record>());
            await using var enumerator = deliveries.GetAsyncEnumerator();
            for (var i = 0; i < 3000; i++)
            {
                Assert.True(await enumerator.MoveNextAsync());
                Assert.Equal((i, !throws), (enumerator.Current.State, enumerator.Current.Succeeded));
                if (i % 1000 == 0)
                {
                    await world.Delay(1000);
                    Assert.InRange(pulled, i + 100, i + 3000);
                }
            }
        },
        new Setup { Unobserved = 100 });

    // Its source heeds no token, and no element has to wait.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_loop_that_is_left_pulls_no_more(bool preserveSourceOrder) => ProducerWorld.Run(async world =>
    {
        var pulled = 0;
        var deliveries = Endless(_ => pulled++).DeliverTo(world.Producer, static _ => Array.Empty<Record>(), preserveSourceOrder);
        await using (var enumerator = deliveries.GetAsyncEnumerator())
        {
            Assert.True(await enumerator.MoveNextAsync());
        }

        var before = pulled;
        await world.Delay(1000);
        Assert.Equal(before, pulled);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_fatal_error_ends_the_loop_with_its_cause(bool preserveSourceOrder) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).Skip(3).Fail(90);
            var error = await Assert.ThrowsAsync<KafkaProduceException>(async () =>
            {
                await foreach (var _ in Endless(static _ => { }).DeliverTo(world.Producer, static i => new Record("t", $"{i}"), preserveSourceOrder))
                {
                    // Until the end.
                }
            });
            Assert.Equal((short?)90, error.BrokerErrorCode);
        },
        new Setup { Unobserved = 10, BatchSize = 0 });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Leaving_the_loop_ends_the_source_and_no_accepted_record(bool preserveSourceOrder) => ProducerWorld.Run(
        async world =>
        {
            var (pulled, isDisposed) = (0, false);
            await foreach (var delivery in Endless(_ => pulled++, () => isDisposed = true).DeliverTo(world.Producer, static i => new Record("t", $"{i}"), preserveSourceOrder))
            {
                if (delivery.State == 10)
                {
                    break;
                }
            }

            Assert.True(isDisposed);
            await world.Producer.FlushAsync();
            Assert.Equal(Enumerable.Range(0, world.Log().Count).Select(static i => $"{i}"), world.Log());
            Assert.InRange(world.Log().Count, pulled - 1, pulled);
        },
        new Setup { Unobserved = 100 });

    // A checkpoint that stops at the first failure and resumes there must find nothing after it on the log.
    [Fact]
    [Law("L28")]
    public void An_ordered_loop_that_halts_leaves_nothing_on_the_log_after_the_first_failure() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            world.Kafka.Faults.On(ApiKey.Produce).Skip(2).Times(1).Fail(87);
            var told = new List<string>();
            var deliveries = Enumerable.Range(0, 5).ToAsyncEnumerable().DeliverTo(
                world.Producer, static i => new Record("t", $"{i}"), preserveSourceOrder: true, OnFailure.Halt);
            await foreach (var delivery in deliveries)
            {
                told.Add($"{delivery.State} {delivery.Error?.Code}");
            }

            Assert.Equal(["0 ", "1 ", "2 Broker", "3 Omitted", "4 Omitted"], told);
            Assert.Equal(["0", "1"], world.Log());
        },
        new Setup { BatchSize = 0, InFlight = 1 });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cancelling_ends_the_loop(bool preserveSourceOrder) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            world.Kafka.Faults.On(ApiKey.Produce).Delay(TimeSpan.FromHours(1));
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), world.Simulation.Time);
            var started = world.Now;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (var delivery in Endless(static _ => { }).DeliverTo(world.Producer, static i => new Record("t", $"{i}"), preserveSourceOrder, cancellationToken: stop.Token))
                {
                    Assert.Fail($"{delivery.State}");
                }
            });
            Assert.InRange((world.Now - started).TotalMilliseconds, 100, 101);
        },
        new Setup { Unobserved = 10, BufferMemory = 64 << 10, CloseTimeoutMs = 0 });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_sources_error_is_thrown_after_the_outcomes_of_what_came_before(bool preserveSourceOrder) => ProducerWorld.Run(async world =>
    {
        var told = 0;
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (var _ in Failing().DeliverTo(world.Producer, static i => new Record("t", $"{i}"), preserveSourceOrder))
            {
                told++;
            }
        });
        Assert.Equal(3, told);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_dispose_of_the_producer_is_not_the_end_of_the_source(bool preserveSourceOrder) => ProducerWorld.Run(async world =>
    {
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (var delivery in Endless(static _ => { }).DeliverTo(world.Producer, static i => new Record("t", $"{i}"), preserveSourceOrder))
            {
                if (delivery.State == 10)
                {
                    _ = world.Producer.DisposeAsync();
                }
            }
        });
    });

    // Nothing comes that the pump could be told by: the end of the outcomes must reach the reader all the same.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_dispose_of_the_producer_ends_the_loop_of_a_source_that_says_nothing(bool preserveSourceOrder) => ProducerWorld.Run(async world =>
    {
        var (told, isDisposed) = (0, false);
        var started = world.Now;
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (var delivery in Silent().DeliverTo(world.Producer, static i => new Record("t", $"{i}"), preserveSourceOrder))
            {
                if (++told == 3)
                {
                    _ = world.Producer.DisposeAsync();
                }
            }
        });
        Assert.True(isDisposed);
        Assert.InRange((world.Now - started).TotalSeconds, 0, 60);

        async IAsyncEnumerable<int> Silent([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                for (var i = 0; i < 3; i++)
                {
                    yield return i;
                }

                await Task.Delay(TimeSpan.FromDays(1), world.Simulation.Time, cancellationToken);
            }
            finally
            {
                isDisposed = true;
            }
        }
    });

    [Fact]
    [Law("L53")]
    public void Producing_throws_the_first_failure() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).Skip(2).Times(1).Fail(87);
            var acks = new List<RecordMetadata>();
            var error = await Assert.ThrowsAsync<KafkaProduceException>(async () =>
            {
                await foreach (var ack in Records(world).ProduceTo(world.Producer))
                {
                    acks.Add(ack);
                }
            });
            Assert.Equal((short?)87, error.BrokerErrorCode);
            Assert.Equal([0L, 1], acks.Select(static ack => ack.Offset));
        },
        new Setup { InFlight = 1 });

    private static Record RecordOf(Element element) => new("t", $"{element.Number}") { Partition = element.Partition };

    private static async IAsyncEnumerable<Element> Source(Element[] elements, ProducerWorld world, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var element in elements)
        {
            if (element.Number % 7 == 3)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(element.Number), world.Simulation.Time, cancellationToken);
            }

            yield return element;
        }
    }

    private static async IAsyncEnumerable<int> Endless(Action<int> pulled, Action? disposed = null)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                pulled(i);
                await Task.Yield();
                yield return i;
            }
        }
        finally
        {
            disposed?.Invoke();
        }
    }

    private static async IAsyncEnumerable<int> Failing()
    {
        for (var i = 0; i < 3; i++)
        {
            await Task.Yield();
            yield return i;
        }

        throw new FormatException();
    }

    private static async IAsyncEnumerable<Record> Records(ProducerWorld world)
    {
        for (var i = 0; i < 5; i++)
        {
            await world.Delay(10);
            yield return new Record("t", $"{i}") { Partition = 0 };
        }
    }

    private sealed record Element(int Number, int Partition, int Records);
}
