using System.Text.Json;

namespace Rx.Kafka.Tool.Bench;

/// <summary>The figures for machines.</summary>
internal static class BenchJson
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes one object.</summary>
    public static void Write(Stream file, BenchReport report, ClientSettings settings, DateTimeOffset now)
    {
        var plan = report.Plan;
        JsonSerializer.Serialize(
            file,
            new
            {
                Date = now,
                Interrupted = report.IsInterrupted,
                Embedded = report.Place.IsEmbedded,
                report.Place.Brokers,
                plan.Topic,
                report.Place.Partitions,
                Processors = Environment.ProcessorCount,
                plan.Size,
                Seconds = plan.Duration.TotalSeconds,
                WarmupSeconds = plan.Warmup.TotalSeconds,
                Settings = settings.ShownKeys.ToDictionary(),
                Versions = plan.Clients.ToDictionary(static client => client.Name, static client => client.Version),
                Rounds = report.Results.Select(result => Round(result, plan.Size)),
                Medians = plan.Clients
                    .Where(client => report.Rounds(client).Count > 0)
                    .ToDictionary(
                        static client => client.Name, client => Figures(figure => figure.Median(report.Rounds(client), plan.Size))),
                Ratio = BenchRatio.Of(report, Figure.Throughput) is { } throughput && BenchRatio.Of(report, Figure.Cpu) is { } cpu
                    ? new
                    {
                        Throughput = throughput.Middle,
                        ThroughputRange = new[] { throughput.Least, throughput.Most },
                        Cpu = cpu.Middle,
                        CpuRange = new[] { cpu.Least, cpu.Most },
                    }
                    : null,
            },
            Format);
    }

    private static object Round(RoundResult result, int size) => new
    {
        Client = result.Client.Name,
        Round = result.Number,
        CutShort = result.IsCutShort,
        MeasuredSeconds = result.Used.Time.TotalSeconds,
        MeasuredRecords = result.Used.Records,
        result.Acknowledged,
        result.Failed,
        result.Error,
        Figures = result.HasFigures ? Figures(figure => figure.Of(result, size)) : null,
    };

    private static Dictionary<string, double> Figures(Func<Figure, double> of) =>
        Figure.All.ToDictionary(static figure => figure.Name, figure => Math.Round(of(figure), 4));
}
