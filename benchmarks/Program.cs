using BenchmarkDotNet.Running;
using Rx.Kafka.Benchmarks;

// Without arguments of its own, `--micro` runs all micro benchmarks; what follows it goes to BenchmarkDotNet (--filter, --job …).
if (args is ["--micro", .. var rest])
{
    var summaries = BenchmarkSwitcher.FromAssembly(typeof(BenchOptions).Assembly).Run(rest.Length == 0 ? ["--filter", "*"] : rest, new MicroConfig());
    return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
}

try
{
    return await Benchmark.RunAsync(BenchOptions.Parse(args));
}
catch (Exception fault) when (fault is FormatException or ArgumentException)
{
    await Console.Error.WriteLineAsync(fault.Message);
    await Console.Error.WriteLineAsync(BenchOptions.Usage);
    return 2;
}
