using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Properties.Concurrency;

public sealed class PreciseTimerHeapTests
{
    // Each step adds a timer with a deadline, or removes the one at a place; the model is a sorted list.
    [Fact]
    public void The_first_is_always_the_earliest_and_of_equal_ones_the_one_added_first() =>
        Law.Check(
            "heap = sorted list",
            (from add in Gen.Choose(0, 2).Select(draw => draw > 0)
             from due in Gen.Choose(0, 20)
             from place in Gen.Choose(0, 1000)
             select (add, due, place)).ListOf(),
            (List<(bool Add, int Due, int Place)> steps) =>
            {
                using var time = new PreciseTime();
                var heap = new PreciseTimerHeap();
                var model = new List<PreciseTimer>();
                foreach (var (add, due, place) in steps)
                {
                    if (add)
                    {
                        var timer = new PreciseTimer(time, static _ => { }, state: null);
                        heap.Add(timer, due);
                        model.Insert(model.FindLastIndex(other => other.Due <= due) + 1, timer);
                    }
                    else if (model.Count > 0)
                    {
                        var timer = model[place % model.Count];
                        heap.Remove(timer);
                        heap.Remove(timer);
                        model.Remove(timer);
                    }

                    Assert.Same(model.FirstOrDefault(), heap.First);
                }

                foreach (var timer in model)
                {
                    Assert.Same(timer, heap.First);
                    heap.Remove(timer);
                }

                Assert.Null(heap.First);
            });

    [Fact]
    public void A_cleared_heap_has_forgotten_its_timers()
    {
        using var time = new PreciseTime();
        var heap = new PreciseTimerHeap();
        var timers = Enumerable.Range(0, 100).Select(_ => new PreciseTimer(time, static _ => { }, state: null)).ToArray();
        foreach (var timer in timers)
        {
            heap.Add(timer, 5);
        }

        heap.Clear();
        Assert.Null(heap.First);
        Assert.All(timers, timer => Assert.Equal(-1, timer.Index));
    }
}
