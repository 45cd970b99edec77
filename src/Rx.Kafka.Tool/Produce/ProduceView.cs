using Rx.Kafka.Tool.Showing;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rx.Kafka.Tool.Produce;

/// <summary>How a run looks: a picture that is painted over, lines where nobody looks, and the summary.</summary>
internal sealed class ProduceView(ProduceSource source, Tally tally, Capabilities capabilities)
{
    private const int BarWidth = 40;

    /// <summary>One line.</summary>
    public string Line()
    {
        var look = tally.Look();
        var part = source.Total is { } total ? $"{Amounts.Percent(source.Taken, total)}: " : string.Empty;
        return $"{part}{Amounts.Count(look.Acknowledged)} acknowledged, {Amounts.Count(look.Failed)} failed, "
            + $"{Amounts.Count(look.PerSecond)}/s, p99 {Amounts.Time(look.Latency[2])}";
    }

    /// <summary>The picture.</summary>
    /// <param name="status">The producer's gates.</param>
    public IRenderable Picture(ProducerStatus status)
    {
        var look = tally.Look();
        var rows = NewGrid();
        if (source.Total is { } total)
        {
            rows.AddRow(new Text("done"), new Text(
                $"{Bars.Of(source.Taken, total, BarWidth, capabilities)} {Amounts.Percent(source.Taken, total)}", new Style(Color.Green)));
        }

        rows.AddRow("records", $"{Amounts.Count(look.Acknowledged)} acknowledged, {Amounts.Count(look.Failed)} failed");
        AddRates(rows, look);
        rows.AddRow(new Text("memory"), new Text(
            $"{Bars.Of(status.BufferUsed, status.BufferMemory, BarWidth / 2, capabilities)} "
            + $"{Amounts.Percent(status.BufferUsed, status.BufferMemory)} of {Amounts.Bytes(status.BufferMemory)}"));
        rows.AddRow("gates", $"{status.WaitingRecords} in line, {status.UndecidedBatches} batches undecided, oldest "
            + Amounts.Time(status.OldestRecordAge));
        foreach (var broker in status.Brokers)
        {
            rows.AddRow(new Text($"broker {broker.Id}"), new Text(broker.IsConnected
                ? $"{broker.EndPoint}, {broker.RequestsInFlight} requests in flight"
                : $"{broker.EndPoint}: {broker.LastFailure ?? "not connected"}"));
        }

        return rows;
    }

    /// <summary>What became of everything.</summary>
    public IRenderable Summary()
    {
        var look = tally.Look();
        var rows = NewGrid();
        AddRates(rows, look);
        if (look.Failed > 0)
        {
            var kinds = look.Failures.Select(static failure => $"{failure.Key} {Amounts.Count(failure.Value)}");
            rows.AddRow(new Text("failed"), new Text($"{Amounts.Count(look.Failed)}: {string.Join(", ", kinds)}", new Style(Color.Red)));
        }

        return new Rows(
            new Text($"{Amounts.Count(look.Acknowledged)} of {Amounts.Count(look.Offered)} records acknowledged in "
                + Amounts.Time(look.Elapsed), new Style(look.Failed > 0 ? Color.Red : Color.Green)),
            rows);
    }

    private static void AddRates(Grid rows, TallyLook look)
    {
        rows.AddRow("throughput", $"{Amounts.Count(look.PerSecond)} records/s, {Amounts.Bytes(look.BytesPerSecond)}/s");
        if (look.Acknowledged > 0)
        {
            var names = TallyLook.Percentiles.Select(static p => p < 100 ? FormattableString.Invariant($"p{p}") : "max");
            rows.AddRow("latency", string.Join("  ", names.Zip(look.Latency, static (name, time) => $"{name} {Amounts.Time(time)}")));
        }
    }

    private static Grid NewGrid() => new Grid()
        .AddColumn(new GridColumn { Width = 10, NoWrap = true })
        .AddColumn(new GridColumn { Padding = new Padding(1, 0, 0, 0) });
}
