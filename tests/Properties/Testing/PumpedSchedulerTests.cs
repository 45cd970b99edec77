using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Testing;

/// <summary>L56: a run is decided by its seed.</summary>
public class PumpedSchedulerTests
{
    [Fact]
    [Law("L56")]
    public void The_same_seed_chooses_the_same_order() =>
        Law.Seeds("same seed, same order", seed => Assert.Equal(Order(seed), Order(seed)), 50);

    [Fact]
    public void Other_seeds_choose_other_orders() =>
        Assert.True(Enumerable.Range(0, 20).Select(Order).Distinct(StringComparer.Ordinal).Count() > 10);

    [Fact]
    public void Nothing_is_run_in_line_and_nothing_is_lost()
    {
        var scheduler = new PumpedScheduler(1);
        var ran = 0;
        for (var i = 0; i < 100; i++)
        {
            _ = Task.Factory.StartNew(() => ran++, CancellationToken.None, TaskCreationOptions.None, scheduler);
        }

        Assert.Equal(0, ran);
        Assert.Equal(100, scheduler.Waiting);
        scheduler.RunUntilIdle();
        Assert.Equal(100, ran);
        Assert.Equal(100, scheduler.Steps);
        Assert.Equal(0, scheduler.StepsOffThread);
    }

    [Fact]
    public void A_step_off_the_pump_is_counted_with_its_stack()
    {
        var scheduler = new PumpedScheduler(1);
        var thread = new Thread(() => _ = Task.Factory.StartNew(() => { }, CancellationToken.None, TaskCreationOptions.None, scheduler));
        thread.Start();
        thread.Join();
        Assert.Equal(1, scheduler.StepsOffThread);
        Assert.Contains(nameof(PumpedSchedulerTests), scheduler.FirstStepOffThread, StringComparison.Ordinal);
    }

    private static string Order(int seed)
    {
        var scheduler = new PumpedScheduler(seed);
        var order = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var number = i;
            _ = Task.Factory.StartNew(
                async () =>
                {
                    order.Add($"{number}a");
                    await Task.Yield();
                    order.Add($"{number}b");
                },
                CancellationToken.None,
                TaskCreationOptions.None,
                scheduler);
        }

        scheduler.RunUntilIdle();
        return string.Join(' ', order) + scheduler.TraceHash;
    }
}
