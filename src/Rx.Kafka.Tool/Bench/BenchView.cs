using Rx.Kafka.Tool.Showing;
using Spectre.Console;

namespace Rx.Kafka.Tool.Bench;

/// <summary>How clients compare: a table of what lies in the middle of their rounds, and the ratio.</summary>
internal sealed class BenchView(BenchReport report)
{
    private const string OwnProcessors =
        "Both share the processors with the brokers here, where a client that spins while it waits loses most: give --bootstrap for a "
        + "ratio that holds elsewhere.";

    /// <summary>Writes all there is; without figures nothing.</summary>
    public void Write(Surroundings around)
    {
        if (!report.HasFigures)
        {
            around.Errors.Tell("Nothing was measured.");
            return;
        }

        around.Out.WriteLine();
        around.Out.Write(Table([.. report.Plan.Clients.Where(client => report.Rounds(client).Count > 0)], around.IsLive));
        if (WhatIsMissing() is { } missing)
        {
            around.Out.Tell(missing, new Style(Color.Yellow));
        }

        WriteRatio(around);
    }

    private string? WhatIsMissing()
    {
        if (report.Results.LastOrDefault(static result => result is { IsCutShort: true, HasFigures: true }) is { } cut)
        {
            return $"Ctrl+C cut round {cut.Number} of {cut.Client.Title} short: {Amounts.Time(cut.Used.Time)} of "
                + $"{Amounts.Time(report.Plan.Duration)} were measured.";
        }

        var measured = report.Results.Count(static result => result.HasFigures);
        var planned = report.Plan.Rounds * report.Plan.Clients.Count;
        return report.IsInterrupted && measured < planned ? $"Ctrl+C ended it: {measured} of {planned} rounds were measured." : null;
    }

    private void WriteRatio(Surroundings around)
    {
        if (BenchRatio.Of(report, Figure.Throughput) is not { } throughput || BenchRatio.Of(report, Figure.Cpu) is not { } cpu)
        {
            return;
        }

        var rounds = BenchRatio.Pairs(report).Count;
        around.Out.Tell(
            $"ratio: {ClientKind.Ours.Title} has {throughput.Show(rounds > 1)} the throughput of {ClientKind.Confluent.Title}, and takes "
            + $"{cpu.Show(rounds > 1)} its CPU time a record{(rounds > 1 ? $" ({Middle(rounds)}s of {rounds} rounds)" : string.Empty)}.",
            report.Place.IsEmbedded ? Style.Plain : new Style(Color.Green));
        if (report.Place.IsEmbedded)
        {
            around.Out.Tell(OwnProcessors, new Style(Color.Yellow));
        }
    }

    private static string Middle(int rounds) => rounds switch
    {
        1 => "1 round",
        2 => "mean",
        _ => "median",
    };

    private Table Table(List<ClientKind> clients, bool isLive)
    {
        var table = new Table { Border = isLive ? TableBorder.Rounded : TableBorder.None };
        table.AddColumn(new TableColumn(new Text(Middle(clients.Max(client => report.Rounds(client).Count)))));
        foreach (var client in clients)
        {
            table.AddColumn(new TableColumn(new Text($"{client.Title} {client.Version}")) { Alignment = Justify.Right });
        }

        foreach (var figure in Figure.All)
        {
            table.AddRow([
                new Text(figure.Title),
                .. clients.Select(client => new Text(figure.Show(figure.Median(report.Rounds(client), report.Plan.Size)))),
            ]);
        }

        table.AddRow([
            new Text("failed"),
            .. clients.Select(client => new Text(Amounts.Count(Failed(client)))),
        ]);
        return table;
    }

    private long Failed(ClientKind client) => report.Results.Where(one => one.Client == client).Sum(static one => one.Failed);
}
