namespace Rx.Kafka.Options;

/// <summary>What a misspelt key may have meant.</summary>
internal static class NearestKeys
{
    private const int MostSuggestions = 3;

    public static IReadOnlyList<string> Of(string name)
    {
        var plain = KeyIndex.Plain(name);
        if (plain.Length is 0 or > 100)
        {
            return [];
        }

        // The same words written in another way, such as the property's name, or one error per three letters.
        if (KeyIndex.FindLoosely(name) is { IsFamily: false, Key: var same })
        {
            return [same];
        }

        var near = KeyTable.Rows
            .Where(static row => !row.IsFamily)
            .Select(row => (row.Key, row.Status, Distance: Distance(plain, KeyIndex.Plain(row.Key))))
            .Where(pair => pair.Distance <= Math.Max(1, plain.Length / 3))
            .OrderBy(static pair => pair.Distance)
            .ThenBy(static pair => pair.Status)
            .ThenBy(static pair => pair.Key, StringComparer.Ordinal)
            .ToList();
        return [.. near.Where(pair => pair.Distance <= near[0].Distance + 1).Take(MostSuggestions).Select(static pair => pair.Key)];
    }

    /// <summary>How many letters must be put in, taken out or changed (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var change = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}

/// <summary>What is said of a key that nobody knows.</summary>
internal static class UnknownKeys
{
    public static string Sentence(string name, IReadOnlyList<string> nearest) =>
        name is ['[', .., ']'] ? $"{name} heads a section, which properties do not have; leave it out"
        : $"{(name.Length == 0 ? "(empty)" : name)} is an unknown key" + (nearest.Count == 0
            ? "; the keys are those of the Java producer and of librdkafka, and docs/configuration.md in the package lists them"
            : $"; did you mean {string.Join(" or ", nearest)}?");
}
