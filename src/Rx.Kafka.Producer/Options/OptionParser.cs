namespace Rx.Kafka.Options;

/// <summary>One key with its value, from whatever source.</summary>
/// <param name="Name">The key as its source names it; messages show it.</param>
/// <param name="Key">The same without what its source puts before it.</param>
/// <param name="Value">The text; null = none was given.</param>
/// <param name="Row">What we know of the key; null = nothing.</param>
internal readonly record struct KeyEntry(string Name, string Key, string? Value, KeyRow? Row);

/// <summary>
/// Reads options from keys. The order of the keys does not matter. Only values of supported keys are repeated in a message: others may
/// be secrets.
/// </summary>
internal static class OptionParser
{
    /// <summary>The options.</summary>
    /// <param name="entries">Each name once.</param>
    /// <param name="parameter">The caller's parameter, for the exception.</param>
    /// <param name="hasStrangers">Whether names may stand among them that have nothing to do with us; such a name is a notice, unless it
    /// is nearly one of ours.</param>
    public static KafkaProducerOptions Parse(IReadOnlyList<KeyEntry> entries, string parameter, bool hasStrangers = false)
    {
        var options = new KafkaProducerOptions();
        var faults = new List<string>();
        var notices = new List<string>();
        foreach (var rivals in Rivals(entries))
        {
            SetFirst(options, rivals, faults, notices);
        }

        SecurityProtocols.Settle(options, entries, faults, notices);
        var refused = Of(entries, KeyStatus.Refused).Where(static entry => entry.Value is not "");
        faults.AddRange(refused.Select(static entry => $"{entry.Name} cannot be taken: {entry.Row!.Note}"));
        AddUnknown(entries, hasStrangers, faults, notices);
        notices.AddRange(Of(entries, KeyStatus.WithoutEffect).Select(static entry => $"{entry.Name} has no effect: {entry.Row!.Note}"));
        if (Of(entries, KeyStatus.Consumer).Select(static entry => entry.Name).ToList() is { Count: > 0 } consumers)
        {
            notices.Add($"{string.Join(", ", consumers)}: for consumers, without effect on a producer");
        }

        Add(PartitionerNotice(entries), notices);
        OptionRules.ThrowIfAny("The producer's properties have", faults, parameter);
        return options.WithNotices(notices);
    }

    /// <summary>The entries of each option, in the order in which they win.</summary>
    private static IEnumerable<List<KeyEntry>> Rivals(IReadOnlyList<KeyEntry> entries) => Of(entries, KeyStatus.Supported)
        .GroupBy(static entry => entry.Row!.Option!)
        .OrderBy(static group => Index(OptionTable.Rows, group.Key))
        .Select(static group => group
            .OrderByDescending(static entry => entry.Row!.IsOwnName)
            .ThenBy(static entry => Index(KeyTable.Rows, entry.Row!))
            .ThenBy(static entry => entry.Name, StringComparer.Ordinal)
            .ToList());

    private static IEnumerable<KeyEntry> Of(IEnumerable<KeyEntry> entries, KeyStatus status) => entries
        .Where(entry => entry.Row?.Status == status)
        .OrderBy(static entry => entry.Name, StringComparer.Ordinal);

    private static void SetFirst(KafkaProducerOptions options, List<KeyEntry> rivals, List<string> faults, List<string> notices)
    {
        var winner = rivals[0];
        var row = winner.Row!.Option!;
        Add(Set(options, winner), faults);
        Add(winner.Value is { } text && winner.Row.Remark(text) is { } remark ? $"{winner.Name} {remark}" : null, notices);
        foreach (var loser in rivals.Skip(1))
        {
            // A value that is faulty is so even if another key wins.
            var other = new KafkaProducerOptions();
            Add(Set(other, loser), faults);
            if (!string.Equals(row.Read(other), row.Read(options), StringComparison.Ordinal))
            {
                notices.Add($"{winner.Name} wins over {loser.Name}: both set {row.Name}, and they differ");
            }
        }
    }

    private static string? Set(KafkaProducerOptions options, KeyEntry entry)
    {
        var (name, _, value, row) = entry;
        if (value is null)
        {
            return $"{name} has no value; leave the key out for its default";
        }

        var option = row!.Option!;
        var fault = option.Parse(options, row.Convert(value));
        if (fault is not null && !option.IsSecret && option.Key != "bootstrap.servers" && ShownText.MayHoldSecret(value)
            && fault.Contains(value, StringComparison.Ordinal))
        {
            return $"{name} must be {option.Range}; its value is not shown, for it may hold a secret";
        }

        var hint = value.Contains(" #", StringComparison.Ordinal) ? " (a comment needs a line of its own)" : string.Empty;
        return fault is null ? null : $"{name} {fault}{hint}";
    }

    private static void AddUnknown(IReadOnlyList<KeyEntry> entries, bool hasStrangers, List<string> faults, List<string> notices)
    {
        var unknown = entries.Where(static entry => entry.Row is null).OrderBy(static entry => entry.Name, StringComparer.Ordinal).ToList();

        // Where one line is no key, others may belong to it.
        var mayHoldSecret = unknown.Exists(static entry => !ShownText.IsKeyLike(entry.Name));
        foreach (var (name, key, _, _) in unknown)
        {
            var nearest = NearestKeys.Of(key);
            if (mayHoldSecret && (nearest.Count == 0 || !ShownText.IsKeyLike(name)))
            {
                faults.Add($"a line of {name.Length} characters begins with no key; it is not shown, for it may be a part of a secret");
            }
            else if (hasStrangers && nearest.Count == 0)
            {
                notices.Add($"{name} has no effect: it is like no key");
            }
            else
            {
                faults.Add(UnknownKeys.Sentence(name, nearest));
            }
        }
    }

    /// <summary>The one default of librdkafka whose loss shows late: keys in other partitions than before.</summary>
    private static string? PartitionerNotice(IReadOnlyList<KeyEntry> entries)
    {
        var foreign = entries
            .Where(static entry => entry.Row?.Client is KeyClient.Librdkafka or KeyClient.Confluent)
            .Select(static entry => entry.Name)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
        return foreign is null || Given(entries, "partitioner.class") is not null
            ? null
            : $"{foreign} is a key of librdkafka, but keys go to the partitions where Java puts them; partitioner=consistent_random keeps "
                + "librdkafka's, partitioner=murmur2_random says that Java's are meant";
    }

    private static string? Given(IEnumerable<KeyEntry> entries, string key) =>
        entries.Where(entry => entry.Row?.Option?.Key == key).Select(static entry => entry.Value).FirstOrDefault();

    private static void Add(string? text, List<string> texts)
    {
        if (text is not null)
        {
            texts.Add(text);
        }
    }

    private static int Index<T>(IReadOnlyList<T> rows, T row)
        where T : class
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (ReferenceEquals(rows[i], row))
            {
                return i;
            }
        }

        return rows.Count;
    }
}
