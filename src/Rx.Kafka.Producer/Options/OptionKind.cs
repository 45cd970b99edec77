using System.Globalization;

namespace Rx.Kafka.Options;

/// <summary>Makes rows of the option table, by the kind of value.</summary>
internal static class OptionKind
{
    private static readonly long LongestMilliseconds = int.MaxValue;

    public static ProducerOption Number(
        string? key, string property, long least, long most, Func<KafkaProducerOptions, long> get, Action<KafkaProducerOptions, long> set,
        string doc)
    {
        var range = most == long.MaxValue ? $"a whole number from {Text(least)}" : $"a whole number from {Text(least)} to {Text(most)}";
        return new ProducerOption(key, property, range, doc)
        {
            Read = options => Text(get(options)),
            Check = options => get(options) >= least && get(options) <= most ? null : $"is {Text(get(options))}; it must be {range}",
            Parse = (options, text) =>
            {
                if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || value < least
                    || value > most)
                {
                    return $"is '{text}'; it must be {range}";
                }

                set(options, value);
                return null;
            },
        };
    }

    /// <summary>A span of time, as text in milliseconds.</summary>
    /// <param name="key">The key; its unit is milliseconds.</param>
    /// <param name="property">The property.</param>
    /// <param name="least">The least number of milliseconds.</param>
    /// <param name="get">Reads; null = left to a rule.</param>
    /// <param name="set">Writes.</param>
    /// <param name="doc">One sentence.</param>
    /// <param name="clamps">Java reads a 64-bit number: more than the longest counts as the longest, because "for ever" is often written
    /// as the largest one.</param>
    /// <param name="never">Any negative number means never.</param>
    public static ProducerOption Duration(
        string? key, string property, int least,
        Func<KafkaProducerOptions, TimeSpan?> get, Action<KafkaProducerOptions, TimeSpan> set,
        string doc, bool clamps = true, bool never = false)
    {
        var range = $"from {Text(least)} to {Text(LongestMilliseconds)} ms"
            + (never ? ", or -1 ms (Timeout.InfiniteTimeSpan) for never" : string.Empty);
        return new ProducerOption(key, property, range, doc)
        {
            Read = options => get(options) is { } value ? Text(value) : null,
            Check = options =>
                get(options) is not { } value || IsValid(value, least, never) ? null : $"is {Text(value)} ms; it must be {range}",
            Parse = (options, text) =>
            {
                if (!OptionText.TryMilliseconds(text, out var milliseconds))
                {
                    return $"is '{text}'; it must be a number of milliseconds {range}";
                }

                milliseconds = clamps ? Math.Min(milliseconds, LongestMilliseconds) : milliseconds;
                milliseconds = never && milliseconds < 0 ? -1 : milliseconds;
                if (milliseconds > LongestMilliseconds || !IsValid(Time(Math.Max(milliseconds, -1)), least, never))
                {
                    return $"is '{text}'; it must be {range}";
                }

                set(options, Time(milliseconds));
                return null;
            },
        };
    }

    public static ProducerOption Flag(
        string? key, string property, Func<KafkaProducerOptions, bool?> get, Action<KafkaProducerOptions, bool> set, string doc) =>
        new(key, property, "true or false", doc)
        {
            Read = options => get(options) switch { null => null, true => "true", false => "false" },
            Parse = (options, text) =>
            {
                if (OptionText.Flag(text) is not { } value)
                {
                    return $"is '{text}'; it must be true or false";
                }

                set(options, value);
                return null;
            },
        };

    /// <summary>
    /// One of some words; later words for the same value are aliases. Of <paramref name="notYet"/> it is said that we know them.
    /// </summary>
    public static ProducerOption Choice<T>(
        string key, string? property, IReadOnlyList<(string Word, T Value)> words, IReadOnlyList<string> notYet,
        Func<KafkaProducerOptions, T> get, Action<KafkaProducerOptions, T> set, string doc)
        where T : struct
    {
        var range = string.Join(" or ", words.Select(word => word.Word));
        string? WordOf(T value) =>
            words.Where(word => EqualityComparer<T>.Default.Equals(word.Value, value)).Select(word => word.Word).FirstOrDefault();
        return new ProducerOption(key, property, range, doc)
        {
            Read = options => WordOf(get(options)),
            Check = options =>
                WordOf(get(options)) is not null ? null : $"is {get(options)}, which is not supported yet; it must be {range}",
            Parse = (options, text) =>
            {
                foreach (var (word, value) in words)
                {
                    if (OptionText.IsSameWord(word, text))
                    {
                        set(options, value);
                        return null;
                    }
                }

                return notYet.Any(word => OptionText.IsSameWord(word, text))
                    ? $"is '{text}', which is not supported yet; it must be {range}"
                    : $"is '{text}'; it must be {range}";
            },
        };
    }

    /// <summary>A key of which we do what one of its values asks for, always.</summary>
    public static ProducerOption Fixed(string key, string word, IReadOnlyList<string> notYet, string doc) =>
        Choice(key, null, [(word, true)], notYet, static _ => true, static (_, _) => { }, doc) with { DefaultRule = word };

    /// <summary>An option that is an object, set in code.</summary>
    public static ProducerOption CodeOnly(
        string? key, string property, Func<KafkaProducerOptions, object?> get, string defaultRule, string doc) =>
        new(key, property, "set in code", doc)
        {
            Read = options => get(options)?.GetType().Name,
            Parse = (_, text) => text.Length == 0 ? null : $"cannot be given as text; set KafkaProducerOptions.{property} in code",
            DefaultRule = defaultRule,
        };

    private static bool IsValid(TimeSpan value, int least, bool never) =>
        (never && value == Timeout.InfiniteTimeSpan)
            || (value.TotalMilliseconds >= least && value.TotalMilliseconds <= LongestMilliseconds);

    private static TimeSpan Time(decimal milliseconds) => TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(TimeSpan value) => value.TotalMilliseconds.ToString("0.####", CultureInfo.InvariantCulture);
}
