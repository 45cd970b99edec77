using System.Diagnostics;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;

namespace Rx.Kafka.Tool.Top;

/// <summary>The .NET processes of this user that can be looked at.</summary>
internal static class Processes
{
    /// <summary>All of them but this one: id and name, by id.</summary>
    public static IReadOnlyList<(int Id, string Name)> All() =>
    [
        .. DiagnosticsClient.GetPublishedProcesses()
            .Where(static id => id != Environment.ProcessId)
            .Select(static id => (Id: id, Name: NameOf(id)))
            .Where(static process => process.Name.Length > 0)
            .OrderBy(static process => process.Id),
    ];

    /// <summary>The process that an id or a part of a name means.</summary>
    /// <returns>Null = none of that name.</returns>
    /// <exception cref="UsageException">Several.</exception>
    public static (int Id, string Name)? Find(string which)
    {
        if (int.TryParse(which, CultureInfo.InvariantCulture, out var id))
        {
            return (id, NameOf(id));
        }

        var found = All().Where(process => process.Name.Contains(which, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => null,
            _ => throw new UsageException($"'{which}' means several: {Listed(found)}. Give the id."),
        };
    }

    /// <summary>Those that there are, in a sentence.</summary>
    public static string Running() => All() is { Count: > 0 } all ? $"There are: {Listed(all)}." : "There is none.";

    private static string Listed(IEnumerable<(int Id, string Name)> processes) =>
        string.Join(", ", processes.Select(static process => $"{process.Id} {process.Name}"));

    /// <summary>Of a program that <c>dotnet</c> runs, its assembly's name.</summary>
    private static string NameOf(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            var file = $"/proc/{id.ToString(CultureInfo.InvariantCulture)}/cmdline";
            var program = process.ProcessName == "dotnet" && File.Exists(file)
                ? File.ReadAllText(file).Split('\0').Skip(1).FirstOrDefault(static part => part.EndsWith(".dll", StringComparison.Ordinal))
                : null;
            return program is null ? process.ProcessName : Path.GetFileNameWithoutExtension(program);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
