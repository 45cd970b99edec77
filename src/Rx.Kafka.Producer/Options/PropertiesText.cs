using System.Globalization;
using System.Text;

namespace Rx.Kafka.Options;

/// <summary>
/// Reads the text of a Java <c>.properties</c> file as <c>java.util.Properties.load</c> does: comments, three separators, escapes,
/// continued lines. Values may be secrets, so errors name a line and no more.
/// </summary>
internal static class PropertiesText
{
    private const int UnicodeDigits = 4;

    /// <summary>The pairs in their order, repeated keys too.</summary>
    /// <exception cref="FormatException">An escape is broken.</exception>
    public static IEnumerable<KeyValuePair<string, string>> Read(TextReader text)
    {
        var number = 0;
        while (text.ReadLine() is { } natural)
        {
            number++;
            var line = TrimStart(natural);
            if (line is ['#' or '!', ..])
            {
                continue;
            }

            var first = number;
            while (IsContinued(line))
            {
                line = line[..^1];
                if (text.ReadLine() is not { } next)
                {
                    break;
                }

                number++;
                line += TrimStart(next);
            }

            if (line.Length > 0)
            {
                yield return Split(line, first);
            }
        }
    }

    private static KeyValuePair<string, string> Split(string line, int number)
    {
        var end = 0;
        while (end < line.Length && !IsBlank(line[end]) && !IsSeparator(line[end]))
        {
            end += line[end] == '\\' ? 2 : 1;
        }

        end = Math.Min(end, line.Length);
        var value = TrimStart(line[end..]);
        if (value.Length > 0 && IsSeparator(value[0]))
        {
            value = TrimStart(value[1..]);
        }

        return KeyValuePair.Create(Unescape(line[..end], number), Unescape(value, number));
    }

    private static string Unescape(string text, int number)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            // No line ends in a single backslash: that would have continued it.
            i++;
            if (text[i] == 'u')
            {
                plain.Append(Unicode(text.AsSpan(i + 1), number));
                i += UnicodeDigits;
            }
            else
            {
                plain.Append(text[i] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var other => other });
            }
        }

        return plain.ToString();
    }

    private static char Unicode(ReadOnlySpan<char> rest, int number) =>
        rest.Length >= UnicodeDigits
        && ushort.TryParse(rest[..UnicodeDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : throw new FormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"Line {number} of the properties has \\u without four hexadecimal digits after it; write \\\\ for a backslash."));

    private static bool IsContinued(string line) => (line.Length - line.AsSpan().TrimEnd('\\').Length) % 2 == 1;

    private static bool IsSeparator(char c) => c is '=' or ':';

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\f';

    private static string TrimStart(string text) => text.TrimStart(' ', '\t', '\f');
}
