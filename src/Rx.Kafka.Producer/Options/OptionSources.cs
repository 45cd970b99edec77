using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Rx.Kafka.Options;

/// <summary>Where keys and values come from. Of a name that comes twice the last value counts.</summary>
internal static class OptionSources
{
    public static KafkaProducerOptions Pairs(IEnumerable<KeyValuePair<string, string>> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        return OptionParser.Parse(Entries(properties!, static name => name, KeyIndex.Find), nameof(properties));
    }

    public static KafkaProducerOptions Text(TextReader properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        try
        {
            return Pairs(PropertiesText.Read(properties));
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, nameof(properties), e);
        }
    }

    /// <summary>Environment variables: a process has many, and tools, containers and Kubernetes set some that begin as ours do.</summary>
    public static KafkaProducerOptions Environment(IDictionary variables, string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var ours = new List<KeyValuePair<string, string?>>();
        foreach (DictionaryEntry variable in variables)
        {
            // Compose files set empty ones for "not given".
            if (variable is { Key: string name, Value: string { Length: > 0 } }
                && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                ours.Add(KeyValuePair.Create(name, (string?)variable.Value));
            }
        }

        return OptionParser.Parse(
            Entries(ours, name => name[prefix.Length..], KeyIndex.FindLoosely), nameof(prefix), hasStrangers: true);
    }

    public static KafkaProducerOptions Configuration(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration is IConfigurationSection section && !section.Exists())
        {
            throw new ArgumentException($"The configuration has no section '{section.Path}'.", nameof(configuration));
        }

        if (MeantSection.FaultOf(configuration) is { } fault)
        {
            throw new ArgumentException(fault, nameof(configuration));
        }

        var entries = Entries(Leaves(configuration, string.Empty), static name => name, KeyIndex.FindLoosely);
        return OptionParser.Parse(entries, nameof(configuration));
    }

    private static List<KeyEntry> Entries(
        IEnumerable<KeyValuePair<string, string?>> pairs, Func<string, string> keyOf, Func<string, KeyRow?> find)
    {
        var last = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            last[OptionText.Unquote(name) ?? string.Empty] = OptionText.Unquote(value);
        }

        return [.. last.Select(pair => Entry(pair.Key, keyOf(pair.Key), pair.Value))];

        KeyEntry Entry(string name, string key, string? value) => new(name, key, value, find(key));
    }

    /// <summary>
    /// The values below a section. A list becomes a text with commas; a null, which takes back what another source said, is not given.
    /// </summary>
    private static IEnumerable<KeyValuePair<string, string?>> Leaves(IConfiguration section, string path)
    {
        foreach (var child in section.GetChildren())
        {
            var name = path + child.Key;
            var children = child.GetChildren().ToList();
            if (children.Count == 0)
            {
                if (child.Value is not null)
                {
                    yield return KeyValuePair.Create(name, child.Value)!;
                }
            }
            else if (children.TrueForAll(static child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            {
                yield return KeyValuePair.Create(name, string.Join(',', children.Select(static element => element.Value)))!;
            }
            else
            {
                foreach (var leaf in Leaves(child, name + "."))
                {
                    yield return leaf;
                }
            }
        }
    }
}
