using Rx.Kafka.Tool.Showing;
using Spectre.Console;

namespace Rx.Kafka.Tool.Doctor;

/// <summary>Findings as lines: mark, step, what was seen, time.</summary>
internal sealed class Report(IAnsiConsole console)
{
    private const int MarkWidth = 3;
    private const int NameWidth = 11;
    private const int TimeWidth = 8;
    private const int Gaps = 3;

    /// <summary>Of whom the next findings are.</summary>
    public void Begin(string subject)
    {
        console.WriteLine();
        console.Tell(Lines.OneLine(subject), new Style(decoration: Decoration.Bold));
    }

    public void Tell(Finding finding)
    {
        var unicode = console.Profile.Capabilities.Unicode;
        var (mark, color) = finding switch
        {
            { IsWell: false } => (unicode ? "✗" : "x", Color.Red),
            { Took: null } => ("-", Color.Grey),
            _ => (unicode ? "✓" : "ok", Color.Green),
        };
        var width = Math.Max(console.Profile.Width - MarkWidth - NameWidth - TimeWidth - Gaps, 20);
        console.Write(new Grid { Expand = false }
            .AddColumn(Column(MarkWidth))
            .AddColumn(Column(NameWidth))
            .AddColumn(Column(width))
            .AddColumn(Column(TimeWidth).RightAligned())
            .AddRow(
                new Text(mark, new Style(color)).RightJustified(),
                new Text(NameOf(finding.Step)),
                new Text(Lines.OneLine(finding.Text), finding.IsWell ? Style.Plain : new Style(Color.Red)),
                new Text(finding.Took is { } took ? Amounts.Time(took) : string.Empty, new Style(Color.Grey))));
    }

    private static GridColumn Column(int width) => new() { Width = width, Padding = new Padding(0, 0, 1, 0) };

    private static string NameOf(Checkpoint step) => step switch
    {
        Checkpoint.Name => "name",
        Checkpoint.Connection => "connection",
        Checkpoint.Tls => "TLS",
        Checkpoint.ApiVersions => "versions",
        Checkpoint.Sasl => "SASL",
        Checkpoint.Metadata => "metadata",
        Checkpoint.Brokers => "broker",
        Checkpoint.Topic => "topic",
        _ => "record",
    };
}
