using Rx.Kafka.Batching;
using Rx.Kafka.Properties.Outcomes;

namespace Rx.Kafka.Properties.Batching;

/// <summary>The line in front of a full channel: L13, L14, L17, L18, L19, L22, L38, with everything that can happen to who stands there.</summary>
public sealed class PartitionLineTests
{
    private const int BatchSize = 1024;
    private const int Memory = 40_000;
    private static readonly TimeSpan MaxBlock = TimeSpan.FromMilliseconds(100);

    // Offers, cancels, flushes, purges, answers and time in any order; work items run in any order.
    [Fact]
    [Law("L13", "L14", "L17", "L18", "L22", "L38")]
    public void Every_record_has_one_outcome_and_those_accepted_keep_their_order() => Law.Check("line", Steps.Of(kinds: 12, most: 150, limit: 3000), program =>
    {
        using var world = new BatchingWorld(BatchSize, Memory, MaxBlock, seed: program.Length);
        var owner = world.NewOwner();
        var lines = Enumerable.Range(0, 3).Select(p => new LineWorld(world, world.NewChannel(owner, p))).ToArray();
        var flushes = new List<(Task Task, List<LineWorld.Offered> Covers)>();
        foreach (var step in program)
        {
            var line = lines[step.A % 3];
            switch (step.Kind)
            {
                case 0:
                case 1:
                case 2:
                    line.Offer(step.B, step.Kind);
                    break;
                case 3:
                    line.Cancel(step.B);
                    break;
                case 4:
                    line.Answer();
                    break;
                case 5 when step.B % 4 == 0:
                    flushes.Add((world.Flushes.Flush(), [.. lines.SelectMany(static l => l.Undecided)]));
                    owner.CloseAll();
                    break;
                case 6 when step.B % 8 == 0:
                    line.Purge();
                    break;
                case 7:
                    world.Advance(TimeSpan.FromMilliseconds(step.B % 30));
                    Array.ForEach(lines, static l => l.CheckAtRest());
                    break;
                case 8 when !line.Channel.HasOpenBatch:
                    line.Offer(step.B, step.B % 3, between: () =>
                    {
                        line.Answer();
                        line.Offer(step.B % 700, step.B % 2);
                    });
                    break;
                case 9:
                    world.Pumped.RunUntilIdle();
                    Array.ForEach(lines, static l => l.CheckAtRest());
                    break;
                default:
                    for (var n = step.B % 4; n > 0 && world.Pumped.RunOne(); n--)
                    {
                    }

                    break;
            }

            Assert.InRange(world.Memory.Used, 0, Memory);
            Assert.All(flushes, static flush => Assert.False(flush.Task.IsCompleted && flush.Covers.Exists(static o => !o.IsDecided), "a flush ended before a record that was there"));
        }

        Settle(world, lines);
        Assert.All(flushes, static flush => Assert.True(flush.Task.IsCompleted));
        Array.ForEach(lines, static line => line.CheckEnd());
        Assert.Equal(0, world.Memory.Used);
        Assert.True(world.Flushes.Flush().IsCompleted);
        Assert.False(world.Memory.IsUnderPressure);
    });

    // Dispose at any moment: whoever stands in line is refused, whoever comes later too, and what was accepted is sent.
    [Fact]
    public void A_closed_channel_refuses_the_line_and_sends_the_rest() => Law.Check("close", Steps.Of(kinds: 6, most: 60, limit: 3000), program =>
    {
        using var world = new BatchingWorld(BatchSize, Memory, MaxBlock, seed: program.Length);
        var line = new LineWorld(world, world.NewChannel(world.NewOwner()));
        foreach (var (step, i) in program.Select(static (step, i) => (step, i)))
        {
            if (i == program.Length / 2)
            {
                line.Channel.CloseForever(new ProduceError(ProduceErrorCode.Closed, "closed"));
                line.IsClosed = true;
            }

            if (step.Kind < 4)
            {
                line.Offer(step.B, step.Kind % 3);
            }
            else if (step.Kind == 4)
            {
                line.Answer();
            }
            else
            {
                _ = world.Pumped.RunOne();
            }
        }

        Settle(world, [line]);
        line.CheckEnd();
        Assert.Equal(0, world.Memory.Used);
        Assert.True(line.Channel.Reader.WaitToReadAsync().IsCompleted || program.Length < 2);
    });

    // L19: MaxBlock after joining, not earlier and not later, for everybody in line.
    [Fact]
    [Law("L19")]
    public void A_full_channel_refuses_each_caller_exactly_at_MaxBlock() => Law.Check("L19", Steps.Of(kinds: 1, most: 20, limit: 40), program =>
    {
        using var world = new BatchingWorld(BatchSize, Memory, MaxBlock);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        var sink = new HandSink();
        var full = 0;
        while (world.Append(channel, BatchingWorld.Numbered(full, 900), sink) == AppendResult.Placed)
        {
            full++;
        }

        var joined = new List<(WaitingRecord WaitingRecord, long At)>();
        var left = new Dictionary<WaitingRecord, long>();
        foreach (var step in program)
        {
            joined.Add((world.Offer(channel, BatchingWorld.Numbered(0, 900), sink)!, world.Time.GetTimestamp()));
            Pass(step.A);
        }

        Pass(100);
        Assert.All(joined, pair => Assert.Equal(pair.At + MaxBlock.Ticks, left[pair.WaitingRecord]));
        Assert.All(joined, static pair => Assert.Equal(ProduceErrorCode.BufferFull, pair.WaitingRecord.Refusal!.Code));
        owner.CloseAll();
        Assert.Equal(full, BatchingWorld.DrainClosed(channel).Count);
        Assert.Equal(0, world.Memory.Used);
        Assert.Equal(0, sink.Entered);

        void Pass(int milliseconds)
        {
            for (; milliseconds > 0; milliseconds--)
            {
                world.Advance(TimeSpan.FromMilliseconds(1));
                foreach (var (waiter, _) in joined.Where(pair => pair.WaitingRecord.Placed.IsCompleted))
                {
                    left.TryAdd(waiter, world.Time.GetTimestamp());
                }
            }
        }
    }, maxTest: 50);

    private static void Settle(BatchingWorld world, LineWorld[] lines)
    {
        // Longer than any turn; the owners' loops answer all the time.
        for (var i = 0; i < 60; i++)
        {
            Array.ForEach(lines, static line => line.Answer());
            world.Advance(TimeSpan.FromMilliseconds(7));
        }
    }
}
