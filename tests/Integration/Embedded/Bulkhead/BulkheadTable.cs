using System.Globalization;

namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>What was measured, as a table in <c>artifacts/bulkhead.md</c>; written only when everything is measured.</summary>
public sealed class BulkheadTable : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _rows = [];
    private readonly List<string> _notes = [];

    public void Add(string outage, string callers, double healthy, double beside, double promised)
    {
        lock (_lock)
        {
            _rows.Add(string.Create(CultureInfo.InvariantCulture, $"| {outage} | {callers} | {healthy:0.0} | {beside:0.0} | {beside / healthy:P0} | {promised:P0} |"));
        }
    }

    /// <summary>A line below the table.</summary>
    public void Note(FormattableString note)
    {
        lock (_lock)
        {
            _notes.Add(FormattableString.Invariant(note));
        }
    }

    public void Dispose()
    {
        if (!Scale.Current.IsFull)
        {
            return;
        }

        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory.Parent is { } parent && !File.Exists(Path.Combine(directory.FullName, "Rx.Kafka.sln")))
        {
            directory = parent;
        }

        var artifacts = Directory.CreateDirectory(Path.Combine(directory.FullName, "artifacts"));
        File.WriteAllLines(Path.Combine(artifacts.FullName, "bulkhead.md"), [Machine(), "", "| outage | callers | healthy MB/s | beside it | kept | promised |", "|---|---|---|---|---|---|", .. _rows, "", .. _notes]);
    }

    private static string Machine()
    {
        var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
        return $"{Environment.ProcessorCount} processors, load of the last minute {load}";
    }
}
