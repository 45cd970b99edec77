namespace Rx.Kafka.Options;

/// <summary>
/// Reads options from Kafka's keys. Values of keys that we do not support are never repeated in an error: they may be secrets.
/// </summary>
internal static class OptionParser
{
    public static KafkaProducerOptions Parse(IEnumerable<KeyValuePair<string, string>> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        var last = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in properties)
        {
            last[key?.Trim() ?? string.Empty] = value?.Trim();
        }

        var options = new KafkaProducerOptions();
        var faults = last.Select(pair => Set(options, pair.Key, pair.Value)).OfType<string>().ToList();
        OptionRules.ThrowIfAny("The producer's properties have", faults, nameof(properties));
        return options;
    }

    public static KafkaProducerOptions Parse(TextReader properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        try
        {
            return Parse(PropertiesText.Read(properties));
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, nameof(properties), e);
        }
    }

    private static string? Set(KafkaProducerOptions options, string key, string? value)
    {
        if (OptionTable.ByKey.TryGetValue(key, out var row))
        {
            var fault = value is null ? "has no value; leave the key out for its default" : row.Parse(options, value);
            return fault is null ? null : $"{key} {fault}";
        }

        return UnsupportedKeys.Reason(key) is { } reason
            ? $"{key} is not supported yet: {reason}"
            : $"{(key.Length == 0 ? "(empty)" : key)} is an unknown key{Suggestion(key)}";
    }

    private static string Suggestion(string key)
    {
        var nearest = NearestKeys.Of(key, OptionTable.Rows);
        return nearest.Count == 0
            ? "; the keys are those of the Java producer, and docs/configuration.md in the package lists them"
            : $"; did you mean {string.Join(" or ", nearest)}?";
    }
}
