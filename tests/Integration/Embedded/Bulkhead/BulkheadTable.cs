using System.Globalization;

namespace Rx.Kafka.Integration.Embedded.Bulkhead;

/// <summary>What was measured, as a table in <c>artifacts/bulkhead.md</c>; written only when everything is measured.</summary>
public sealed class BulkheadTable : IDisposable
{
    private readonly List<string> _rows = [];

    public void Add(string outage, string feeding, double healthy, double beside, double ratio, double promised) =>
        Add(string.Create(CultureInfo.InvariantCulture, $"| {outage} | {feeding} | {healthy:0.0} | {beside:0.0} | {ratio:P0} | {promised:P0} |"));

    public void Add(string row)
    {
        lock (_rows)
        {
            _rows.Add(row);
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
        File.WriteAllLines(Path.Combine(artifacts.FullName, "bulkhead.md"), [Machine(), "", "| outage | callers | healthy MB/s | beside it | kept | promised |", "|---|---|---|---|---|---|", .. _rows]);
    }

    private static string Machine()
    {
        var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
        return $"{Environment.ProcessorCount} processors, load of the last minute {load}";
    }
}
