namespace Rx.Kafka.Options;

/// <summary>Finds rows of the key table.</summary>
internal static class KeyIndex
{
    private static readonly string[] ConfluentPrefixes = ["dotnet.producer.", "dotnet.consumer.", "dotnet."];

    private static readonly Dictionary<string, KeyRow> Exact = KeyTable.Rows.ToDictionary(static row => row.Key, StringComparer.Ordinal);
    private static readonly KeyRow[] Families = [.. KeyTable.Rows.Where(static row => row.IsFamily)];
    private static readonly Dictionary<string, KeyRow> Loose = LooseNames();

    /// <summary>The row of a key, as its client writes it.</summary>
    public static KeyRow? Find(string key) =>
        Exact.GetValueOrDefault(key) ?? Families.FirstOrDefault(row => key.StartsWith(row.Key, StringComparison.Ordinal));

    /// <summary>
    /// The row of a name in which case, dots, dashes and underscores do not matter: <c>LINGER_MS</c>, <c>LingerMs</c>; and the option's
    /// own name, <c>Linger</c>.
    /// </summary>
    public static KeyRow? FindLoosely(string name)
    {
        var plain = Plain(name);
        return plain.Length == 0
            ? null
            : Loose.GetValueOrDefault(plain) ?? Families.FirstOrDefault(row => plain.StartsWith(Plain(row.Key), StringComparison.Ordinal));
    }

    /// <summary>A name's letters and digits, small.</summary>
    public static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static Dictionary<string, KeyRow> LooseNames()
    {
        var names = new Dictionary<string, KeyRow>(StringComparer.Ordinal);
        foreach (var row in KeyTable.Rows)
        {
            names.TryAdd(Plain(row.Key), row);

            // Confluent.Kafka's property EnableDeliveryReports sets dotnet.producer.enable.delivery.reports.
            if (ConfluentPrefixes.FirstOrDefault(prefix => row.Key.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix)
            {
                names.TryAdd(Plain(row.Key[prefix.Length..]), row);
            }
        }

        foreach (var option in OptionTable.Rows.Where(static row => row.Property is not null))
        {
            names.TryAdd(
                Plain(option.Property!),
                option.Key is null
                    ? new KeyRow(option.Property!, default, KeyStatus.Supported, string.Empty) { Option = option }
                    : Exact[option.Key]);
        }

        return names;
    }
}
