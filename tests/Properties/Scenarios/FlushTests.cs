using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L38, K11, RA12, RA13: a flush is a checkpoint (design 4.9).</summary>
public class FlushTests
{
    private static readonly Setup LongLinger = new() { LingerMs = 30_000 };

    [Fact]
    public void An_empty_flush_is_over_at_once() => Run(async world =>
    {
        await world.Producer.FlushAsync();
        await world.Producer.FlushAsync();
        Assert.Equal(0, world.Now.TotalMilliseconds);
    });

    [Fact]
    public void A_flush_does_not_wait_for_linger_and_neither_does_the_next() => Run(
        async world =>
        {
            for (var i = 0; i < 3; i++)
            {
                var sending = world.Producer.SendAsync(new Record("t", "v")).AsTask();
                await world.Producer.FlushAsync();
                await sending;
            }

            Assert.Equal(0, world.Now.TotalMilliseconds);
        },
        LongLinger);

    [Fact]
    [Law("L38")]
    public void Later_records_do_not_extend_it() => Run(
        async world =>
        {
            var early = world.Producer.SendAsync(new Record("t", "early") { Partition = 0 }).AsTask();
            var flush = world.Producer.FlushAsync().AsTask();
            await early;
            var late = world.Producer.SendAsync(new Record("t", "late") { Partition = 0 }).AsTask();
            await flush;
            Assert.Equal(0, world.Now.TotalMilliseconds);
            Assert.False(late.IsCompleted);
            await late;
            Assert.Equal(30_000, world.Now.TotalMilliseconds);
        },
        LongLinger);

    [Fact]
    [Law("L38")]
    public void It_covers_what_waits_in_a_topics_line_and_sends_that_without_linger() => ProducerWorld.Run(
        async world =>
        {
            var waiting = world.Producer.SendAsync(new Record("late", "v")).AsTask();
            await world.Delay(1);
            var flush = world.Producer.FlushAsync().AsTask();
            await world.Delay(5000);
            Assert.False(flush.IsCompleted);
            world.Kafka.CreateTopic("late");
            await flush;
            Assert.True(waiting.IsCompletedSuccessfully);
            Assert.InRange(world.Now.TotalMilliseconds, 5000, 6500);
        },
        LongLinger,
        brokers: new EmbeddedKafkaOptions { AutoCreateTopics = false });

    // Batches fill although a flush waits for them: a first program (send many, flush) does not send one record a batch.
    [Theory]
    [InlineData(false, 0, 1)]
    [InlineData(true, 0, 3)]
    [InlineData(false, 7, 3)]
    public void Records_of_a_topic_that_became_known_fill_as_few_batches_as_if_it_had_been_known(bool isEnqueued, int keys, int partitions)
    {
        var fresh = Batches(isKnown: false);
        var known = Batches(isKnown: true);
        Assert.InRange(fresh, 1, known + partitions);

        int Batches(bool isKnown)
        {
            var batches = 0;
            ProducerWorld.Run(
                async world =>
                {
                    world.Kafka.CreateTopic("t", partitions);
                    if (isKnown)
                    {
                        await world.Producer.GetPartitionsAsync("t");
                    }

                    var sent = Enumerable.Range(0, 2000).Select(i => world.SendAsync(Record(i), isEnqueued ? StepKind.Enqueue : StepKind.Send)).ToArray();
                    await world.Producer.FlushAsync();
                    Assert.All(await Task.WhenAll(sent), static result => Assert.Null(result.Error));
                    batches = Enumerable.Range(0, partitions).Sum(partition => world.Kafka.ReadBatches("t", partition).Count);
                },
                LongLinger with { LatencyMs = 5 });
            return batches;
        }

        Record Record(int i) => keys == 0 ? new("t", new byte[50]) : new("t", $"key {i % keys}", new string('v', 50));
    }

    [Fact]
    [Law("L38")]
    public void It_covers_a_partition_without_leader_and_sends_its_records_without_linger() => Run(
        async world =>
        {
            world.Kafka.MoveLeader("t", 0, -1);
            var first = world.Producer.SendAsync(new Record("t", "finds out that the leader is gone") { Partition = 0 }).AsTask();
            var flushFirst = world.Producer.FlushAsync().AsTask();
            await world.Delay(3000);
            var second = world.Producer.SendAsync(new Record("t", "v") { Partition = 0 }).AsTask();
            var flush = world.Producer.FlushAsync().AsTask();
            await world.Delay(1000);
            world.Kafka.MoveLeader("t", 0, 1);
            await flush;
            await flushFirst;
            await Task.WhenAll(first, second);
            Assert.InRange(world.Now.TotalMilliseconds, 4000, 6000);
        },
        LongLinger);

    // A flush that waits for a silent broker ends with the delivery timeout, and throws nothing.
    [Fact]
    public void It_ends_with_the_delivery_timeout_whatever_brokers_do() => Run(
        async world =>
        {
            world.Kafka.AcceptAndNeverAnswer(1);
            var sending = world.SendAsync(new Record("t", "v") { Partition = 0 }, StepKind.Send);
            await world.Producer.FlushAsync();
            Assert.Equal(5000, world.Now.TotalMilliseconds);
            Assert.Equal(ProduceErrorCode.DeliveryTimeout, (await sending).Error!.Code);
        },
        new Setup { DeliveryTimeoutMs = 5000 });

    [Fact]
    public void A_token_ends_the_wait_and_not_the_flush() => Run(async world =>
    {
        world.Kafka.AcceptAndNeverAnswer(1);
        var sending = world.Producer.SendAsync(new Record("t", "v") { Partition = 0 }).AsTask();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(10), world.Simulation.Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await world.Producer.FlushAsync(cancel.Token));
        Assert.Equal(10, world.Now.TotalMilliseconds);
        world.Kafka.Restart(1);
        await sending;
    });

    [Fact]
    public void Purge_fails_what_is_there_and_nothing_later() => Run(
        async world =>
        {
            var early = Enumerable.Range(0, 5).Select(i => world.SendAsync(new Record("t", "early") { Partition = i % 2 }, StepKind.Send)).ToArray();
            var waiting = world.SendAsync(new Record("unknown", "early"), StepKind.Send);
            await world.Delay(1);
            await world.Producer.PurgeAsync();
            Assert.Equal(1, world.Now.TotalMilliseconds);
            foreach (var (error, _, _) in await Task.WhenAll([.. early, waiting]))
            {
                Assert.Equal((ProduceErrorCode.Aborted, Persistence.NotPersisted), (error!.Code, error.Persistence));
            }

            Assert.Null((await world.SendAsync(new Record("t", "late") { Partition = 0 }, StepKind.Send)).Error);
            Assert.Equal("late", Assert.Single(world.Kafka.ReadLog("t")).ValueText);
        },
        LongLinger,
        new EmbeddedKafkaOptions { AutoCreateTopics = false });

    [Fact]
    public void Purge_says_the_reason_that_it_was_given() => Run(
        async world =>
        {
            var sending = world.SendAsync(new Record("t", "v") { Partition = 0 }, StepKind.Send);
            await world.Delay(1);
            await world.Producer.PurgeAsync("the tide is out.");
            Assert.StartsWith("Given up by PurgeAsync: the tide is out.", (await sending).Error!.Message, StringComparison.Ordinal);
        },
        LongLinger);

    private static void Run(Func<ProducerWorld, Task> body, Setup? setup = null, EmbeddedKafkaOptions? brokers = null) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 2);
            await world.Producer.GetPartitionsAsync("t");
            await body(world);
        },
        setup,
        brokers: brokers);
}
