using System.Globalization;

namespace Rx.Kafka.Protocol;

/// <summary>Words of a peer that nobody vouches for, made fit for errors, logs and terminals.</summary>
internal static class PeerText
{
    /// <summary>The longest text that is kept, in UTF-16 units: room for a broker's sentence.</summary>
    public const int Longest = 500;

    /// <summary>The longest name (of a host, a rack, a cluster), in UTF-16 units; DNS has no longer ones.</summary>
    public const int LongestName = 255;

    /// <summary>The end of a text that was cut.</summary>
    public const string Cut = "...";

    /// <summary>The words in one line: blanks stand for what a terminal or a log would obey, dots for what is cut off.</summary>
    /// <param name="words">As the peer sent them.</param>
    /// <param name="longest">The length of the line at most, in UTF-16 units.</param>
    public static string OneLine(string words, int longest = Longest)
    {
        if (words.Length <= longest && IsClean(words))
        {
            return words;
        }

        var end = words.Length <= longest ? words.Length : longest - Cut.Length;
        if (end < words.Length && char.IsHighSurrogate(words[end - 1]))
        {
            end--;
        }

        var line = string.Concat(words.Take(end).Select(static sign => IsObeyed(sign) ? ' ' : sign));
        return end < words.Length ? line + Cut : line;
    }

    private static bool IsClean(string words)
    {
        foreach (var sign in words)
        {
            if (IsObeyed(sign))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Escapes and ends of lines, but also what turns the direction of text or cannot be seen.</summary>
    private static bool IsObeyed(char sign) => sign is < ' ' or > '~'
        && char.GetUnicodeCategory(sign) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
