using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Protocol;

/// <summary>What a peer writes is one line of bounded length before anybody else sees it.</summary>
public sealed class PeerTextTests
{
    private static readonly Gen<string> Words =
        from pieces in Gen.Elements(HostileWords.Pieces).ListOf()
        from length in Gen.Choose(0, 600)
        select string.Concat(pieces.Append(new string('A', length)));

    [Fact]
    public void It_is_one_line_of_bounded_length_and_else_as_it_was() =>
        Law.Check("one line", from words in Words from longest in Gen.Choose(4, 600) select (words, longest), c =>
        {
            var line = PeerText.OneLine(c.words, c.longest);
            Assert.True(line.Length <= c.longest);
            Assert.All(line, HostileWords.NotObeyed);
            Assert.Equal(line, PeerText.OneLine(line, c.longest));
            Assert.Equal(line, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(line))); // no half of a pair
            var kept = c.words.Length <= c.longest ? line : line[..^3];
            Assert.True(c.words.Length <= c.longest || (line.EndsWith("...", StringComparison.Ordinal) && line.Length >= c.longest - 1));
            Assert.All(kept.Zip(c.words), static pair => Assert.True(pair.First == pair.Second || pair.First == ' '));
            Assert.True(c.words.Length > c.longest || c.words.Any(HostileWords.IsObeyed) || line == c.words);
        });

    [Fact]
    public void Whatever_bytes_come_a_string_is_one_line_of_at_most_500() =>
        Law.Check("strings", from bytes in Gen.Choose(0, 255).ArrayOf() from tail in Gen.Choose(0, 2000) select (Bytes: bytes, Tail: tail), c =>
        {
            byte[] text = [.. c.Bytes.Select(static b => (byte)b), .. Enumerable.Repeat((byte)'A', c.Tail)];
            var reader = new KafkaReader([(byte)(text.Length >> 8), (byte)text.Length, .. text]);
            var line = reader.RequiredString(flexible: false);
            Assert.True(line.Length <= 500);
            Assert.All(line, HostileWords.NotObeyed);
            Assert.Equal(0, reader.Remaining);
        });
}

/// <summary>Pieces of texts that logs and terminals would obey, and of harmless ones.</summary>
internal static class HostileWords
{
    public static string[] Pieces { get; } =
        ["a", "host.example", " ", "ä", "😀", "\n", "\r\n", "\e[2J", "\e]0;title\a", "\0", "\u007F", "\u0085", "\u009B31m", "\u2028", "\u2029", "\u202E", "\u200B", "\uFEFF"];

    public static bool IsObeyed(char sign) =>
        char.IsControl(sign) || char.GetUnicodeCategory(sign) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    public static void NotObeyed(char sign) => Assert.False(IsObeyed(sign), $"U+{(int)sign:X4}");
}
