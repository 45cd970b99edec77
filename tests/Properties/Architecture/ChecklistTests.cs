using System.Text.RegularExpressions;

namespace Rx.Kafka.Properties.Architecture;

/// <summary>
/// docs/java-checklist.md says of every id of Java's checklist what became of it, and what it says is so: files exist, and a test carries
/// each id that is taken over.
/// </summary>
public sealed partial class ChecklistTests
{
    // How many ids each group has; those of transactions come with them, PA to RA and K1 came before.
    private static readonly (string Group, int Count)[] Groups =
        [("PA", 8), ("BP", 14), ("RA", 30), ("PB", 11), ("S", 21), ("I", 26), ("K", 26), ("N", 21), ("M", 21)];

    private static readonly List<Row> Rows = [.. File.ReadLines(Repository.PathOf("docs", "java-checklist.md"))
        .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
        .Where(static cells => cells.Length > 3 && cells[1] is not ("id" or "---"))
        .Select(static cells => new Row([.. Ids(cells[1])], cells[2]))];

    [Fact]
    public void Every_id_has_one_row()
    {
        var expected = Groups.SelectMany(static group => Enumerable.Range(1, group.Count).Select(number => $"{group.Group}{number}"));
        var found = Rows.SelectMany(static row => row.Ids).Where(static id => id[0] is not ('T' or 'X'));
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_row_says_what_became_of_it() =>
        Assert.All(Rows, static row => Assert.Matches("^(taken over|changed: |dropped: |comes? with )", row.Text));

    [Fact]
    public void Every_file_that_is_named_exists() =>
        Assert.All(Rows, static row => Assert.All(
            row.Names, name => Assert.True(Repository.TestSources(name).Count > 0, $"{string.Join(", ", row.Ids)}: there is no {name}")));

    // In a file the row names; where it names a law instead, anywhere.
    [Fact]
    public void Every_id_that_is_taken_over_is_carried_by_a_test()
    {
        var faults = new List<string>();
        foreach (var row in Rows.Where(static row => row.Text.StartsWith("taken over", StringComparison.Ordinal)))
        {
            IEnumerable<string> places = row.Names.Any() ? row.Names : ["", "Integration"];
            var carried = places.SelectMany(Repository.TestSources).SelectMany(static file => File.ReadLines(file))
                .Where(static line => line.Contains("//", StringComparison.Ordinal))
                .SelectMany(Ids).ToHashSet(StringComparer.Ordinal);
            faults.AddRange(row.Ids.Where(id => !carried.Contains(id)));
        }

        Assert.True(faults.Count == 0, $"No test carries {string.Join(", ", faults)}.");
    }

    /// <summary>The ids in a text; "BP1 to BP12" and "T1–T8" are all between.</summary>
    private static IEnumerable<string> Ids(string text)
    {
        foreach (Match match in Id().Matches(text))
        {
            var first = int.Parse(match.Groups["first"].Value);
            var last = match.Groups["last"].Success ? int.Parse(match.Groups["last"].Value) : first;
            for (var number = first; number <= last; number++)
            {
                yield return $"{match.Groups["group"].Value}{number}";
            }
        }
    }

    [GeneratedRegex(@"\b(?<group>[A-Z]{1,2})(?<first>\d{1,2})(?:( to |–)\k<group>(?<last>\d{1,2}))?\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Id();

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z0-9]*(/[A-Za-z0-9]+)*)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    private sealed record Row(IReadOnlyList<string> Ids, string Text)
    {
        /// <summary>What stands in back quotes and is a file or a folder of tests: with a slash, or ending so.</summary>
        public IEnumerable<string> Names => Name().Matches(Text).Select(static match => match.Groups["name"].Value).Where(static name =>
            name is "Options" || name.Contains('/', StringComparison.Ordinal) || name.EndsWith("Tests", StringComparison.Ordinal));
    }
}
