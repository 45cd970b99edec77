using System.Diagnostics;

namespace Rx.Kafka.Benchmarks;

/// <summary>One run: warm up, measure, report.</summary>
internal static class Benchmark
{
    public static async Task<int> RunAsync(BenchOptions options)
    {
        using var log = new ConsoleLog();
        await using var producer = new KafkaProducer(options.ToProducerOptions(), log);
        var outcomes = new Outcomes();
        using var way = new WayIn(producer, outcomes, options);
        var driver = new Driver(producer, new Workload(options), outcomes, options) { Push = way.OnNext };
        if (options.Warmup > 0)
        {
            await driver.RunAsync(options.Warmup, rate: 0);
        }

        if (options.Rate > 0)
        {
            // Full speed first, so that the compiler has reached its top tier; then a second at the rate.
            Thread.Sleep(200);
            await driver.RunAsync(options.Rate, options.Rate);
        }

        Settle();
        if (options.Rate > 0)
        {
            outcomes.StartLatency(options.Count);
        }

        var before = Meters.Read();
        var start = Stopwatch.GetTimestamp();
        var offered = await driver.RunAsync(options.Count, options.Rate);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var used = Meters.Read() - before;
        Report.Write(Console.OpenStandardOutput(), options, outcomes, used, seconds, offered);
        return outcomes.Failed + log.Errors == 0 ? 0 : 3;
    }

    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Thread.Sleep(100);
    }
}
