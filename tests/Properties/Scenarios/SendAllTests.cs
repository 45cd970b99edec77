using System.Globalization;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L17, L18, L22-L24, L54 of SendAllAsync: a loop of SendAsync with one await, whose failures are values.</summary>
public sealed class SendAllTests
{
    private static readonly Setup LittleMemory = new() { BufferMemory = 8192, BatchSize = 1000, MaxRequestSize = 4000, LatencyMs = 1 };

    private enum Form
    {
        Loop,
        Span,
        Sequence,
    }

    // Records that are refused stand among those that are not; memory is full for most of the time.
    [Fact]
    [Law("L17", "L22", "L23", "L24", "L54")]
    public void It_leaves_the_log_of_a_loop_of_sends_and_tells_each_records_place_on_it() => Law.Check("L54", Steps.Of(kinds: 6, most: 80, limit: 4000), program =>
    {
        var loop = Send(program, Form.Loop);
        Assert.Equal(loop.Log, Send(program, Form.Span).Log);
        Assert.Equal(loop.Log, Send(program, Form.Sequence).Log);
    });

    [Fact]
    [Law("L18")]
    public void A_record_that_its_sequence_gives_after_the_cancellation_is_not_sent() => Run(async world =>
    {
        using var cancel = new CancellationTokenSource();
        IEnumerable<Record> Sequence()
        {
            yield return new Record("t", "before");
            cancel.Cancel();
            yield return new Record("t", "after");
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await world.Producer.SendAllAsync(Sequence(), cancel.Token));
        await world.Producer.FlushAsync();
        Assert.Equal(["before"], world.Log());
    });

    [Fact]
    public void Failures_are_values_and_the_first_one_can_be_thrown() => Run(async world =>
    {
        var results = await world.Producer.SendAllAsync([new Record("t", "a"), new Record("", "b"), new Record("t", "c"), new Record("t", new byte[5000])]);
        Assert.Equal((4, 2, false), (results.Count, results.FailedCount, results.AllSucceeded));
        Assert.Equal([1, 3], results.Failures.Select(static failure => failure.State));
        Assert.Equal([0, 1, 2, 3], results.Select(static delivery => delivery.State));
        Assert.Equal([true, false, true, false], results.Select(static delivery => delivery.Succeeded));
        Assert.Equal((ProduceErrorCode.InvalidRecord, ProduceErrorCode.RecordTooLarge), (results[1].Error!.Code, results[3].Error!.Code));
        Assert.Equal("c", world.Log()[(int)results[2].Metadata.Offset]);
        var error = Assert.Throws<KafkaProduceException>(results.ThrowIfFailed);
        Assert.Equal(ProduceErrorCode.InvalidRecord, error.Code);
        Assert.StartsWith("2 of 4 records failed; the first, at position 1: The record has no topic", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => results[4]);
        results.Dispose();
        results.Dispose();
        Assert.Throws<ObjectDisposedException>(() => results[0]);
        Assert.Throws<ObjectDisposedException>(() => results.Count);
        Assert.Throws<ObjectDisposedException>(() => results.AllSucceeded);
        Assert.Throws<ObjectDisposedException>(results.Failures.ToList);
        Assert.Throws<ObjectDisposedException>(results.ThrowIfFailed);
    });

    [Fact]
    public void All_that_holds_records_is_taken_as_it_is() => Run(async world =>
    {
        Record[] array = [new("t", "a"), new("t", "b")];
        var list = array.ToList();
        foreach (var sending in new[]
        {
            world.Producer.SendAllAsync(array),
            world.Producer.SendAllAsync(list),
            world.Producer.SendAllAsync(array.AsSpan()),
            world.Producer.SendAllAsync([array[0], array[1]]),
            world.Producer.SendAllAsync(list.Where(static record => record.Topic == "t")),
        })
        {
            using var results = await sending;
            results.ThrowIfFailed();
            Assert.Equal(2, results.Count);
        }

        using var none = await world.Producer.SendAllAsync([]);
        Assert.True(none.AllSucceeded);
        Assert.Empty(none);
        Assert.Empty(none.Failures);
        Assert.Equal(10, world.Kafka.Counters.Records);
    });

    // One record stands in line, the next is not asked for; and the memory of the one before may be used again.
    [Fact]
    [Law("L17")]
    public void A_sequence_is_pulled_as_memory_goes() => Run(async world =>
    {
        world.Kafka.AcceptAndNeverAnswer(1);
        var pulled = 0;
        var value = new byte[4];
        var sending = world.Producer.SendAllAsync(Numbers());
        await world.Delay(1000);
        Assert.InRange(pulled, 2, 200);
        var before = pulled;
        await world.Delay(1000);
        Assert.Equal(before, pulled);
        world.Kafka.Restart(1);
        using var results = await sending;
        results.ThrowIfFailed();
        Assert.Equal(Enumerable.Range(0, 1000).Select(static i => i.ToString("0000", CultureInfo.InvariantCulture)), world.Log());

        IEnumerable<Record> Numbers()
        {
            for (; pulled < 1000; pulled++)
            {
                System.Text.Encoding.ASCII.GetBytes(pulled.ToString("0000", CultureInfo.InvariantCulture), value);
                yield return new Record("t", value) { Partition = 0 };
            }
        }
    });

    [Fact]
    [Law("L22")]
    public void What_a_sequence_throws_comes_after_the_outcomes_of_what_it_gave() => Run(async world =>
    {
        var error = await Assert.ThrowsAsync<FormatException>(async () => await world.Producer.SendAllAsync(Broken()));
        Assert.Equal("row 51", error.Message);
        Assert.Equal(50, world.Log().Count);

        static IEnumerable<Record> Broken()
        {
            for (var i = 0; i < 50; i++)
            {
                yield return new Record("t", new byte[500]) { Partition = 0 };
            }

            throw new FormatException("row 51");
        }
    });

    // Those in line are withdrawn at the instant; what was accepted is on the log.
    [Theory]
    [Law("L18")]
    [InlineData(true)]
    [InlineData(false)]
    public void Cancelled_it_offers_nothing_more_and_withdraws_what_stands_in_line(bool isSpan) => Run(async world =>
    {
        world.Kafka.AcceptAndNeverAnswer(1);
        using var cancel = new CancellationTokenSource();
        Record[] records = [.. Enumerable.Range(0, 100).Select(static _ => new Record("t", new byte[500]) { Partition = 0 })];
        var pulled = 0;
        var sending = isSpan
            ? world.Producer.SendAllAsync(records, cancel.Token)
            : world.Producer.SendAllAsync(records.Where(_ => ++pulled > 0), cancel.Token);
        await world.Delay(100);
        var at = world.Now;
        cancel.Cancel();
        var error = await Assert.ThrowsAsync<OperationCanceledException>(async () => await sending);
        Assert.Equal((cancel.Token, at), (error.CancellationToken, world.Now));
        world.Kafka.Restart(1);
        await world.Producer.FlushAsync();
        Assert.InRange(world.Log().Count, 1, 50);
        Assert.InRange(pulled, 0, 50);
        using var after = await world.Producer.SendAllAsync(records.AsSpan(0, 1));
        after.ThrowIfFailed();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await world.Producer.SendAllAsync(records, cancel.Token));
    });

    [Fact]
    public void After_dispose_it_throws_and_amid_it_the_rest_is_refused() => Run(async world =>
    {
        Record[] records = [new("t", "a")];
        var disposal = default(ValueTask);
        using var results = await world.Producer.SendAllAsync(Disposing());
        await disposal;
        Assert.Equal([true, false], results.Select(static delivery => delivery.Succeeded));
        Assert.Equal(ProduceErrorCode.Closed, results[1].Error!.Code);
        Assert.Throws<ObjectDisposedException>(() => { _ = world.Producer.SendAllAsync(records); });
        Assert.Throws<ObjectDisposedException>(() => { _ = world.Producer.SendAllAsync(records.Take(1)); });

        IEnumerable<Record> Disposing()
        {
            yield return records[0];
            disposal = world.Producer.DisposeAsync();
            world.Wait(1);
            yield return records[0];
        }
    });

    private static void Run(Func<ProducerWorld, Task> body) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Producer.GetPartitionsAsync("t");
            await body(world);
        },
        LittleMemory);

    /// <summary>What the two partitions hold at the end; the outcomes are checked against it.</summary>
    private static (List<string?> Log, int Failed) Send(Properties.Step[] program, Form form)
    {
        List<string?> log = [];
        var failed = 0;
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t", 2);
                Record[] records = [.. program.Select(RecordOf)];
                using var results = await SendAsync(world.Producer, records, form);
                Assert.Equal(records.Length, results.Count);
                log = [.. world.Log(0), null, .. world.Log(1)];
                failed = results.FailedCount;
                Assert.Equal(log.Count - 1, results.Count - failed);
                foreach (var delivery in results.Where(static delivery => delivery.Succeeded))
                {
                    var at = delivery.Metadata;
                    Assert.Equal(Text(delivery.State, program[delivery.State]), world.Log(at.Partition)[(int)at.Offset]);
                }

                Assert.All(results.Failures, static failure => Assert.Equal(Persistence.NotPersisted, failure.Persistence));
            },
            LittleMemory);
        return (log, failed);
    }

    private static async Task<SendResults> SendAsync(KafkaProducer producer, Record[] records, Form form)
    {
        if (form != Form.Loop)
        {
            return await (form == Form.Span ? producer.SendAllAsync(records) : producer.SendAllAsync(records.Select(static record => record)));
        }

        var results = SendResults.Rent(records.Length);
        var sends = records.Select(record => producer.SendAsync(record).AsTask()).ToArray();
        for (var i = 0; i < sends.Length; i++)
        {
            try
            {
                var at = await sends[i];
                results.Add(new Delivery<int>(i, at.Topic, at.Partition, at.Offset, at.Timestamp.ToUnixTimeMilliseconds()), null);
            }
            catch (KafkaProduceException e)
            {
                var error = new ProduceError(e.Code, e.Message, e.Persistence);
                results.Add(new Delivery<int>(i, error), error);
            }
        }

        return results;
    }

    private static Record RecordOf(Properties.Step step, int number) => new(step.Kind == 5 ? "" : "t", step.Kind == 2 ? $"k{step.B % 7}" : null, Text(number, step))
    {
        Partition = step.Kind == 2 ? null : step.Kind % 2,
    };

    private static string Text(int number, Properties.Step step) => number.ToString(CultureInfo.InvariantCulture).PadRight(step.Kind == 4 ? step.A * 2 : step.A / 10);
}
