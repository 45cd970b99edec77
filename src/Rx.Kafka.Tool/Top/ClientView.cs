using Rx.Kafka.Tool.Showing;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rx.Kafka.Tool.Top;

/// <summary>How one producer of the other process looks.</summary>
internal sealed class ClientView(string client, Capabilities capabilities)
{
    private const int BarWidth = 30;
    private const int LineWidth = 60;

    private readonly Queue<double> _acknowledged = [];

    /// <summary>The picture of a round.</summary>
    /// <param name="readings">What this producer measured.</param>
    public IRenderable Show(IReadOnlyList<Reading> readings)
    {
        var acknowledged = Sum(readings, "kafka.producer.records.acknowledged");
        _acknowledged.Enqueue(acknowledged);
        if (_acknowledged.Count > LineWidth)
        {
            _acknowledged.Dequeue();
        }

        var rows = new Grid()
            .AddColumn(new GridColumn { Width = 13, NoWrap = true })
            .AddColumn(new GridColumn { Padding = new Padding(1, 0, 0, 0) });
        var (used, limit) = (Sum(readings, "kafka.producer.buffer.used"), Sum(readings, "kafka.producer.buffer.limit"));
        Row(rows, "memory", $"{Bars.Of(used, limit, BarWidth, capabilities)} {Amounts.Percent(used, limit)}, {Amounts.Bytes(used)} of "
            + Amounts.Bytes(limit));
        Row(rows, "in line", $"{Count(readings, "records.waiting")} records, {Count(readings, "callers.blocked")} threads blocked");
        Row(rows, "oldest", Amounts.Time(TimeSpan.FromSeconds(Sum(readings, "kafka.producer.records.oldest_age"))));
        Row(rows, "batches", $"{Count(readings, "batches.open")} open, {Count(readings, "batches.undecided")} undecided; "
            + $"{Count(readings, "deliveries.unobserved")} outcomes unobserved");
        Row(rows, "acknowledged", $"{Amounts.Count(acknowledged)}/s");
        Row(rows, string.Empty, Bars.Line(_acknowledged, LineWidth, capabilities));
        Row(rows, "trouble", $"{Count(readings, "records.failed")} failed/s, {Count(readings, "records.refused")} refused/s, "
            + $"{Count(readings, "batches.retried")} retried/s");
        Row(rows, "latency", Latency(readings.Where(static one => one.Instrument == "messaging.client.operation.duration")));
        foreach (var broker in readings
            .Where(static one => one.Broker is not null)
            .GroupBy(static one => one.Broker!, StringComparer.Ordinal)
            .OrderBy(static broker => broker.Key, StringComparer.Ordinal))
        {
            Row(rows, "broker", $"{Lines.Cut(broker.Key, 30)}: {Count([.. broker], "requests.in_flight")} in flight, "
                + Latency(broker.Where(static one => one.Instrument == "kafka.producer.request.duration"), leftOut: 0.95));
        }

        return new Rows(new Text(client.Length > 0 ? client : "(no client id)", new Style(decoration: Decoration.Bold)), rows);
    }

    private static void Row(Grid rows, string name, string text) => rows.AddRow(new Text(name, new Style(Color.Grey)), new Text(text));

    private static double Sum(IEnumerable<Reading> readings, string instrument) =>
        readings.Where(one => one.Instrument == instrument).Sum(static one => one.Value);

    private static string Count(IEnumerable<Reading> readings, string name) => Amounts.Count(Sum(readings, $"kafka.producer.{name}"));

    /// <summary>The worst of several: percentiles cannot be added up.</summary>
    private static string Latency(IEnumerable<Reading> histograms, double? leftOut = null)
    {
        var measured = histograms.Where(static one => one.Value > 0 && one.Quantiles.Count > 0).ToList();
        return measured.Count == 0
            ? "-"
            : string.Join("  ", measured[0].Quantiles.Keys.Where(quantile => quantile != leftOut).Order().Select(Worst));

        string Worst(double quantile) => FormattableString.Invariant($"p{quantile * 100:0.#} ")
            + Amounts.Time(TimeSpan.FromSeconds(measured.Max(one => one.Quantiles.GetValueOrDefault(quantile))));
    }
}
