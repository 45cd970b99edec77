using FsCheck.Fluent;
using Rx.Kafka.Batching;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Properties.Outcomes;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Properties.Batching;

/// <summary>What comes out of a channel for what went in, with memory to spare: L5 to L11.</summary>
public sealed class PartitionChannelTests
{
    private const int BatchSize = 256;

    // L5, L9, RA2: concat(batches) = accepted, whatever the sizes and whenever the linger ticks; no batch is empty; indexes and times are right in every batch.
    [Fact]
    [Law("L5", "L9", "L11")]
    public void Batches_hold_exactly_the_accepted_records_in_order() => Law.Check("L5 L9", Steps.Of(kinds: 4, limit: 400), program =>
    {
        using var world = new BatchingWorld(BatchSize);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        var expected = new List<(int Number, long Timestamp)>();
        var actual = new List<(int Number, long Timestamp)>();
        foreach (var step in program)
        {
            switch (step.Kind)
            {
                case 0:
                case 1:
                    var timestamp = 5_000_000L + ((step.B - 200) * (step.B % 7 == 0 ? 1L << 31 : 1));
                    Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(expected.Count, step.A), timestamp: timestamp));
                    expected.Add((expected.Count, timestamp));
                    break;
                case 2:
                    world.Advance(TimeSpan.FromMilliseconds(step.A % 8));
                    break;
                default:
                    Take(channel, actual, most: step.A % 3);
                    break;
            }
        }

        owner.CloseAll();
        Take(channel, actual, most: int.MaxValue);

        Assert.Equal(expected, actual);
        Assert.Equal(0, world.Memory.Used);
        Assert.Equal(expected.Count, world.Counted);
    });

    // L6: with a linger boundary between xs and ys, batches(xs ++ ys) = batches(xs) ++ batches(ys).
    [Fact]
    [Law("L6")]
    public void A_linger_boundary_splits_the_batches() => Law.Check("L6", Steps.Of(kinds: 2, limit: 400), program =>
    {
        var sizes = program.Select(static step => step.A).ToArray();
        var cut = program.Length / 2;

        var together = Batches(sizes[..cut], sizes[cut..]);

        Assert.Equal(Batches(sizes[..cut]).Concat(Batches(sizes[cut..])).Select(Join), together.Select(Join));

        static string Join(int[] batch) => string.Join(',', batch);
    });

    // L7, RA3: a batch is no larger than BatchSize unless it holds a single record, which then travels at once.
    // L8: closed by size alone means that the next record would not have fitted.
    [Fact]
    [Law("L7", "L8")]
    public void A_batch_is_as_full_as_it_can_be_and_no_fuller() => Law.Check("L7 L8", Steps.Of(kinds: 1, limit: 600), program =>
    {
        using var world = new BatchingWorld(BatchSize);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        for (var i = 0; i < program.Length; i++)
        {
            Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(i, program[i].A)));
        }

        owner.CloseAll();
        ProducerBatch? previous = null;
        var next = 0;
        while (channel.Reader.TryRead(out var batch))
        {
            Assert.True(batch.Count == 1 || batch.Bytes <= BatchSize, $"{batch.Count} records in {batch.Bytes} bytes");
            if (previous is not null)
            {
                var bytes = RecordEncoder.TotalSize(RecordEncoder.BodySize(0, previous.Count, -1, Math.Max(4, program[next].A), null));
                Assert.True(previous.Bytes >= BatchSize || previous.Bytes + bytes > BatchSize, $"{previous.Bytes} + {bytes} would have fitted");
            }

            next += batch.Count;
            previous = batch;
        }

        Assert.Equal(program.Length, next);
    });

    // L8's exception (design 4.4): times that a 4-byte delta cannot tell apart close the batch.
    [Fact]
    [Law("L8")]
    public void Every_record_keeps_its_own_time() => Law.Check(
        "L8 time delta",
        ArbMap.Default.GeneratorFor<long>().Select(static t => Math.Abs(t % 253_402_300_800_000)).ArrayOf(20).ToArbitrary(),
        times =>
        {
            using var world = new BatchingWorld(4096);
            var owner = world.NewOwner();
            var channel = world.NewChannel(owner);
            var sink = new HandSink(SinkInterest.Facts);
            Array.ForEach(times, time => Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(1), sink, timestamp: time)));
            owner.CloseAll();

            var actual = new List<long>();
            while (channel.Reader.TryRead(out var batch))
            {
                var decoded = BatchingWorld.Decode(batch);
                var own = decoded.Records.Select(r => decoded.Fields.BaseTimestamp + r.TimestampDelta).ToArray();
                Assert.Equal(own.Max(), decoded.Fields.MaxTimestamp);
                Assert.All(own, time => Assert.InRange(time - own[0], int.MinValue, int.MaxValue));
                actual.AddRange(own);
                BatchingWorld.Decide(batch);
            }

            Assert.Equal(times, actual);
        });

    // L10, RA4, RA7: closed by age exactly when the first record is Linger old, by an owner that looks only when it was woken or its one timer is due.
    [Fact]
    [Law("L10")]
    public void A_batch_is_due_exactly_when_its_first_record_is_as_old_as_the_linger() => Law.Check("L10", Steps.Of(kinds: 3, limit: 300), program =>
    {
        using var world = new BatchingWorld(BatchSize, linger: TimeSpan.FromMilliseconds(5));
        var owner = world.NewOwner();
        var channels = Enumerable.Range(0, 3).Select(p => world.NewChannel(owner, p)).ToArray();
        var opened = new Dictionary<PartitionChannel, long>();
        foreach (var step in program)
        {
            if (step.Kind < 2)
            {
                var channel = channels[step.B % 3];
                Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(0, step.A)));
                owner.Step();
            }
            else
            {
                world.Advance(TimeSpan.FromTicks(step.A * 100));
            }

            var late = world.Time.GetTimestamp() - owner.Timeline.OldestOpen();
            Assert.True(late < world.Linger.Ticks, $"an open batch is {late} ticks old");
        }

        world.Advance(TimeSpan.FromMilliseconds(5));
        Assert.All(channels, channel => Assert.False(channel.HasOpenBatch));
        Assert.All(owner.ClosedByAge, closed => Assert.Equal(world.Linger.Ticks, closed.ClosedAt - closed.OpenedAt));
    });

    // RA26: where a new batch would be needed, a caller that may not open one is told, and nothing happened.
    [Fact]
    public void A_caller_that_may_not_open_a_batch_is_told_so()
    {
        using var world = new BatchingWorld(BatchSize);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);

        Assert.Equal(AppendResult.WouldOpen, world.Append(channel, BatchingWorld.Numbered(1), mayOpen: false));
        Assert.Equal(0, world.Memory.Used);
        Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(1, 100)));
        Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(2, 30), mayOpen: false));
        Assert.Equal(AppendResult.WouldOpen, world.Append(channel, BatchingWorld.Numbered(3, 200), mayOpen: false));
        Assert.Equal([1, 2], BatchingWorld.DrainClosed(channel));
    }

    private static List<int[]> Batches(params int[][] groups)
    {
        using var world = new BatchingWorld(BatchSize);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        foreach (var group in groups)
        {
            Array.ForEach(group, size => Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(size, size))));
            world.Advance(world.Linger);
        }

        var batches = new List<int[]>();
        while (channel.Reader.TryRead(out var batch))
        {
            batches.Add(BatchingWorld.NumbersIn(batch));
            BatchingWorld.Decide(batch);
        }

        return batches;
    }

    private static void Take(PartitionChannel channel, List<(int Number, long Timestamp)> taken, int most)
    {
        for (; most > 0 && channel.Reader.TryRead(out var batch); most--)
        {
            var decoded = BatchingWorld.Decode(batch);
            Assert.NotEmpty(decoded.Records);
            Assert.Equal(Enumerable.Range(0, decoded.Records.Length), decoded.Records.Select(static r => r.OffsetDelta));
            var numbers = BatchingWorld.NumbersIn(batch);
            taken.AddRange(decoded.Records.Select((r, i) => (numbers[i], decoded.Fields.BaseTimestamp + r.TimestampDelta)));
            BatchingWorld.Decide(batch);
        }
    }
}
