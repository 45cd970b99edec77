using System.Text.RegularExpressions;

namespace Rx.Kafka.Properties.Architecture;

/// <summary>docs/laws.md names just the files whose tests carry a rule of Reactive Streams, and each rule once.</summary>
public sealed partial class RuleTableTests
{
    private static readonly List<Row> Rows = [.. File.ReadLines(Repository.PathOf("docs", "laws.md"))
        .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
        .Where(static cells => cells.Length == 5 && cells[1].StartsWith("RS", StringComparison.Ordinal))
        .Select(static cells => new Row(
            [.. Rule().Matches(cells[1]).Select(static rule => rule.Value)],
            [.. Name().Matches(cells[3]).SelectMany(static name => Repository.TestSources(name.Groups["name"].Value))]))];

    private static readonly HashSet<(string Rule, string File)> Carried =
    [
        .. from file in Repository.TestSources("").Concat(Repository.TestSources("Integration"))
           from Match trait in Trait().Matches(File.ReadAllText(file))
           from Match rule in Rule().Matches(trait.Value)
           select (rule.Value, file),
    ];

    [Fact]
    public void Each_rule_has_one_row_and_a_test()
    {
        var rules = Rows.SelectMany(static row => row.Rules).ToList();
        Assert.Equal(rules.Distinct(StringComparer.Ordinal), rules);
        Assert.All(rules, static rule => Assert.Contains(Carried, carried => carried.Rule == rule));
    }

    [Fact]
    public void Every_file_that_is_named_carries_a_rule_of_its_row() => Assert.All(
        Rows.SelectMany(static row => row.Files.Select(file => (row, file))),
        static named => Assert.True(named.row.Rules.Any(rule => Carried.Contains((rule, named.file))), $"{named.row.Rules[0]}: {named.file}"));

    [Fact]
    public void Every_file_that_carries_a_rule_is_named() =>
        Assert.All(Carried, static carried => Assert.Contains(Rows, row => row.Rules.Contains(carried.Rule) && row.Files.Contains(carried.File)));

    [GeneratedRegex(@"\bRS[1-4]\.\d{1,2}\b")]
    private static partial Regex Rule();

    [GeneratedRegex(@"^\s*\[Law\([^)]*\)\]", RegexOptions.Multiline)]
    private static partial Regex Trait();

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z0-9]*(/[A-Za-z0-9]+)+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();

    private sealed record Row(string[] Rules, string[] Files);
}
