using System.Text.RegularExpressions;

namespace Rx.Kafka.Integration.Migration;

/// <summary>
/// Pieces of code between <c>// snippet: NAME</c> and <c>// end</c> (in a <c>.properties</c> file <c>#</c>), and the pages that show them.
/// </summary>
internal static partial class Snippets
{
    private const string Begin = "snippet: ";

    public static string TestFolder { get; } = Path.Combine(Root, "tests", "Integration");

    public static string Folder { get; } = Path.Combine(TestFolder, "Migration");

    public static IReadOnlyList<string> Pages { get; } =
    [
        Path.Combine(Root, "docs", "migrating-from-confluent.md"), Path.Combine(Root, "docs", "migrating-from-java.md"),
        Path.Combine(Root, "docs", "hosting.md"), Path.Combine(Root, "docs", "services.md"), Path.Combine(Root, "docs", "testing.md"),
    ];

    /// <summary>Shows those of it whose names begin with <c>readme-</c>, without naming them.</summary>
    public static string Readme { get; } = Path.Combine(Root, "README.md");

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Rx.Kafka.sln")))
            {
                folder = folder.Parent ?? throw new InvalidOperationException($"No Rx.Kafka.sln above {AppContext.BaseDirectory}.");
            }

            return folder.FullName;
        }
    }

    /// <summary>All of them by name, moved to the left margin.</summary>
    public static Dictionary<string, string> Read()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Folder, "*Snippets.*"))
        {
            List<string>? lines = null;
            var name = "";
            foreach (var line in File.ReadLines(file))
            {
                var mark = line.Trim().TrimStart('/', '#').Trim();
                if (mark.StartsWith(Begin, StringComparison.Ordinal))
                {
                    (name, lines) = (mark[Begin.Length..], []);
                }
                else if (lines is not null && line.Trim() is "// end" or "# end")
                {
                    found.Add(name, string.Join('\n', lines.Select(text => text.Length == 0 ? text : text[Margin(lines)..])));
                    lines = null;
                }
                else
                {
                    lines?.Add(line);
                }
            }

            Assert.Null(lines);
        }

        return found;
    }

    /// <summary>A page with the code that it names.</summary>
    public static string Fill(string page, IReadOnlyDictionary<string, string> snippets, ISet<string> shown) =>
        Block().Replace(page, match =>
        {
            var name = match.Groups["name"].Value;
            shown.Add(name);
            return $"<!-- snippet: {name} -->\n```{LanguageOf(name)}\n{snippets[name]}\n```\n";
        });

    private static string LanguageOf(string name) =>
        name.StartsWith("java-", StringComparison.Ordinal) ? "java" : name.EndsWith("-file", StringComparison.Ordinal) ? "properties" : "csharp";

    private static int Margin(List<string> lines) => lines.Where(static line => line.Length > 0).Min(static line => line.Length - line.TrimStart().Length);

    [GeneratedRegex("<!-- snippet: (?<name>[a-z-]+) -->\n```[a-z]+\n.*?```\n", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Block();
}
