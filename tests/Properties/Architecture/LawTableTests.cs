using System.Text.RegularExpressions;

namespace Rx.Kafka.Properties.Architecture;

/// <summary>docs/laws.md names just the files whose tests carry a law's id, and each id once.</summary>
public sealed partial class LawTableTests
{
    private const int Laws = 60;

    private static readonly List<(string Id, string Evidence)> Rows = [.. File.ReadLines(Repository.PathOf("docs", "laws.md"))
        .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
        .Where(static cells => cells.Length == 5 && cells[1].StartsWith('L') && cells[1] != "law")
        .SelectMany(static cells => Ids(cells[1]).Select(id => (id, cells[3])))];

    // What the tests say: which law each file carries.
    private static readonly HashSet<(string Id, string File)> Carried =
    [
        .. from file in Repository.TestSources("").Concat(Repository.TestSources("Integration"))
           from Match trait in Trait().Matches(File.ReadAllText(file))
           from id in Ids(trait.Value)
           select (id, file),
    ];

    private static readonly List<(string Id, string Name)> Claims =
        [.. Rows.SelectMany(static row => Name().Matches(row.Evidence).Select(name => (row.Id, name.Groups["name"].Value)))];

    [Fact]
    public void Every_law_has_one_row() =>
        Assert.Equal(
            Enumerable.Range(1, Laws).Select(static number => $"L{number}").Order(StringComparer.Ordinal),
            Rows.Select(static row => row.Id).Order(StringComparer.Ordinal));

    [Fact]
    public void A_law_names_its_tests_or_what_it_comes_with() =>
        Assert.All(Rows, static row => Assert.True(
            Claims.Exists(claim => claim.Id == row.Id) != Coming().IsMatch(row.Evidence), $"{row.Id}: {row.Evidence}"));

    // A file without tests of its own, such as the model of the scenarios, carries the id in its text.
    [Fact]
    public void Every_file_that_is_named_carries_the_law()
    {
        var faults = Claims.Where(static claim => !Repository.TestSources(claim.Name).Exists(file =>
            Carried.Contains((claim.Id, file)) || (!IsTests(file) && Ids(File.ReadAllText(file)).Contains(claim.Id))));
        Assert.Empty(faults);
    }

    [Fact]
    public void Every_file_that_carries_a_law_is_named()
    {
        var faults = Carried.Where(static carried =>
            !Claims.Exists(claim => claim.Id == carried.Id && Repository.TestSources(claim.Name).Contains(carried.File)));
        Assert.Empty(faults);
    }

    private static bool IsTests(string file) => TestMethod().IsMatch(File.ReadAllText(file));

    /// <summary>The ids in a text; "L47–L52" are all between.</summary>
    private static IEnumerable<string> Ids(string text) => Id().Matches(text).SelectMany(static match =>
    {
        var first = int.Parse(match.Groups["first"].Value);
        var last = match.Groups["last"].Success ? int.Parse(match.Groups["last"].Value) : first;
        return Enumerable.Range(first, last - first + 1).Select(static number => $"L{number}");
    });

    [GeneratedRegex(@"\bL(?<first>\d{1,2})(–L(?<last>\d{1,2}))?\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Id();

    [GeneratedRegex(@"^\s*\[Law\([^)]*\)\]", RegexOptions.Multiline)]
    private static partial Regex Trait();

    [GeneratedRegex(@"^\s*\[\w*(Fact|Theory|Property)\b", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TestMethod();

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z0-9]*(/[A-Za-z0-9]+)+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    [GeneratedRegex("^comes? with ")]
    private static partial Regex Coming();
}
