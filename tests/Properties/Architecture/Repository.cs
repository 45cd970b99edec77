namespace Rx.Kafka.Properties.Architecture;

/// <summary>The files these tests guard; found upwards from the test's own assembly.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Source files below a folder, without what the build writes.</summary>
    public static IEnumerable<string> SourceFiles(params string[] folder) =>
        Directory.EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Intersect(["bin", "obj"]).Any())
            .Order(StringComparer.Ordinal);

    /// <summary>The sources that a name in a page on tests stands for: a file or a folder, below tests/Properties or below tests.</summary>
    public static List<string> TestSources(string name)
    {
        var isBelowTests = name == "Integration" || name.StartsWith("Integration/", StringComparison.Ordinal);
        string[] place = isBelowTests ? ["tests", name] : ["tests", "Properties", name];
        var path = PathOf(place);
        return File.Exists(path + ".cs") ? [path + ".cs"]
            : Directory.Exists(path) ? [.. SourceFiles(place)]
            : [];
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Rx.Kafka.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Rx.Kafka.sln above {AppContext.BaseDirectory}; run the tests from inside the repository.");
    }
}
