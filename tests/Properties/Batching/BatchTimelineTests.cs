using Rx.Kafka.Batching;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Batching;

/// <summary>The two lists of a broker's batches by age, compared with sorted lists; partitions move between brokers.</summary>
public sealed class BatchTimelineTests
{
    [Fact]
    public void The_timeline_is_two_sorted_lists() => Law.Check("timeline", Steps.Of(kinds: 8, most: 100, limit: 50), program =>
    {
        var time = new VirtualTime();
        BatchTimeline[] timelines = [new(time), new(time)];
        var open = new List<Entry>[] { [], [] };
        var undecided = new List<Entry>[] { [], [] };
        foreach (var (step, number) in program.Select(static (step, number) => (step, number)))
        {
            var where = step.B % 2;
            var timeline = timelines[where];
            switch (step.Kind)
            {
                case 0:
                case 1:
                    var batch = new ProducerBatch();
                    var isOldest = timeline.Opened(batch);
                    Assert.Equal(open[where].Count == 0, isOldest);
                    open[where].Add(new Entry(time.GetTimestamp(), number, batch));
                    undecided[where].Add(open[where][^1]);
                    break;
                case 2:
                    time.Advance(TimeSpan.FromTicks(step.A));
                    break;
                case 3 when open[where].Count > 0:
                    var closed = open[where][step.A % open[where].Count];
                    timeline.Closed(closed.Batch);
                    open[where].Remove(closed);
                    break;
                case 4 when undecided[where].Count > 0:
                    var decided = undecided[where][step.A % undecided[where].Count];
                    timeline.Closed(decided.Batch);
                    timeline.Decided(decided.Batch);
                    timeline.Decided(decided.Batch);
                    open[where].Remove(decided);
                    undecided[where].Remove(decided);
                    break;
                case 5 when undecided[where].Count > 0:
                    // A partition moves: its batches go over, oldest first.
                    foreach (var moved in undecided[where].Where(e => e.Number % 3 == step.A % 3).ToArray())
                    {
                        var isOpen = timeline.Abandon(moved.Batch);
                        Assert.Equal(open[where].Remove(moved), isOpen);
                        undecided[where].Remove(moved);
                        timelines[1 - where].Adopt(moved.Batch, isOpen);
                        Insert(undecided[1 - where], moved);
                        if (isOpen)
                        {
                            Insert(open[1 - where], moved);
                        }
                    }

                    break;
                default:
                    var upTo = time.GetTimestamp() - step.A;
                    var due = open[where].FirstOrDefault(e => e.At <= upTo);
                    Assert.Equal(due is not null, timeline.TryTakeOpen(upTo, out _, out var openedAt));
                    Assert.Equal(due?.At ?? 0, openedAt);
                    open[where].Remove(due!);
                    break;
            }

            for (var i = 0; i < 2; i++)
            {
                Assert.Equal(open[i].Count > 0 ? open[i][0].At : long.MaxValue, timelines[i].OldestOpen());
                Assert.Same(undecided[i].FirstOrDefault()?.Batch, timelines[i].OldestUndecided());
                Assert.Equal(undecided[i].Select(static e => e.Batch), timelines[i].Undecided());
            }
        }
    });

    // Equal ages keep the order they came in: that of their partition.
    private static void Insert(List<Entry> list, Entry entry)
    {
        var at = list.FindLastIndex(e => e.At <= entry.At) + 1;
        list.Insert(at, entry);
    }

    private sealed record Entry(long At, int Number, ProducerBatch Batch);
}
