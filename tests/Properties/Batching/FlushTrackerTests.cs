using Rx.Kafka.Batching;

namespace Rx.Kafka.Properties.Batching;

/// <summary>L38 where it is counted: a flush ends when all that was there when it was asked for is decided, not earlier and not later. Compared with a list of everything.</summary>
public sealed class FlushTrackerTests
{
    [Fact]
    [Law("L38")]
    public void A_flush_ends_with_the_last_of_those_that_were_there() => Law.Check("L38", Steps.Of(kinds: 5, most: 80), program =>
    {
        var tracker = new FlushTracker();
        var pending = new List<Pending>();
        var flushes = new List<(Task Task, List<Pending> Covers)>();
        foreach (var step in program)
        {
            switch (step.Kind)
            {
                case 0:
                case 1:
                    pending.Add(new Pending(tracker.Enter()));
                    break;
                case 2 when pending.Count > 0:
                    var left = pending[step.A % pending.Count];
                    pending.Remove(left);
                    tracker.Leave(left.Generation);
                    break;
                case 3 when pending.Count > 1:
                    // A batch takes a waiting record: from now on the two are decided together.
                    var batch = pending[step.A % pending.Count];
                    var record = pending[step.B % pending.Count];
                    if (batch != record)
                    {
                        batch.Generation = tracker.Join(batch.Generation, record.Generation);
                        pending.Remove(record);
                        flushes.ForEach(flush => Replace(flush.Covers, record, batch));
                    }

                    break;
                case 4:
                    var before = tracker.Current;
                    flushes.Add((tracker.Flush(), [.. pending]));
                    Assert.True(tracker.IsFlushing(before));
                    Assert.False(tracker.IsFlushing(tracker.Current));
                    break;
            }

            foreach (var (task, covers) in flushes)
            {
                Assert.Equal(!covers.Exists(pending.Contains), task.IsCompleted);
            }

            // Whoever belongs to a flush knows it, and closes its batch at once.
            Assert.All(pending, p => Assert.Equal(flushes.Exists(flush => flush.Covers.Contains(p)), tracker.IsFlushing(p.Generation)));
        }
    });

    // Flush; Flush = Flush, and nothing to wait for is no wait.
    [Fact]
    public void An_empty_flush_ends_at_once()
    {
        var tracker = new FlushTracker();
        Assert.True(tracker.Flush().IsCompletedSuccessfully);
        var one = tracker.Enter();
        var first = tracker.Flush();
        var second = tracker.Flush();
        Assert.False(first.IsCompleted || second.IsCompleted);
        tracker.Leave(one);
        Assert.True(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
    }

    private static void Replace(List<Pending> covers, Pending record, Pending batch)
    {
        if (covers.Remove(record) && !covers.Contains(batch))
        {
            covers.Add(batch);
        }
    }

    private sealed class Pending(long generation)
    {
        public long Generation { get; set; } = generation;
    }
}
