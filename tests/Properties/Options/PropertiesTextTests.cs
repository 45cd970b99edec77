using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Options;

namespace Rx.Kafka.Properties.Options;

/// <summary>The text of a .properties file is read as Java reads it.</summary>
public sealed class PropertiesTextTests
{
    // What java.util.Properties.load of JDK 17 makes of each.
    [Theory]
    [InlineData("linger.ms=5\nacks=all\n", "linger.ms|5~acks|all")]
    [InlineData("a : 1\r\nb 2\rc\t=\t3", "a|1~b|2~c|3")]
    [InlineData("# note\n! note\n   # note\n\n  \t \na=1", "a|1")]
    [InlineData("a=1\\\n  2\\\n\t3", "a|123")]
    [InlineData("a=1\\\n\nb=2", "a|1~b|2")]
    [InlineData("a=1\\\\\nb=2", "a|1\\~b|2")]
    [InlineData("a=1\\\\\\\n2", "a|1\\2")]
    [InlineData("# note \\\na=1", "a|1")]
    [InlineData("a=1 \\\n# no note", "a|1 # no note")]
    [InlineData("a\\ b\\:\\=c = \\u00e4\\u20AC\\t.", "a b:=c|\u00e4\u20ac\t.")]
    [InlineData("a=", "a|")]
    [InlineData("a", "a|")]
    [InlineData("= v", "|v")]
    [InlineData("a==b", "a|=b")]
    [InlineData("a:=b", "a|=b")]
    [InlineData("a = :b", "a|:b")]
    [InlineData("a  b=c", "a|b=c")]
    [InlineData("\\#a=1", "#a|1")]
    [InlineData("a=b\\c\\\"\\'", "a|bc\"'")]
    [InlineData("a=1  ", "a|1  ")]
    [InlineData("\\\n  a=1", "a|1")]
    [InlineData("\\\n\na=1", "a|1")]
    [InlineData("a=1\\", "a|1")]
    [InlineData("\f a\f=\f1", "a|1")]
    [InlineData("a=\\n\\r\\f", "a|\n\r\f")]
    [InlineData("a=1\na=2", "a|1~a|2")]
    [InlineData("\\u0061=1", "a|1")]
    [InlineData("a\\\n  b=1", "ab|1")]
    [InlineData("a=1\\\n", "a|1")]
    [InlineData("a \\\n = 1", "a|1")]
    [InlineData("=", "|")]
    [InlineData("\\=", "=|")]
    [InlineData("a\\", "a|")]
    [InlineData("a=#1", "a|#1")]
    [InlineData("a=\\ 1", "a| 1")]
    [InlineData("", "")]
    public void It_is_read_as_Java_reads_it(string text, string expected) =>
        Assert.Equal(expected, string.Join('~', PropertiesText.Read(new StringReader(text)).Select(static pair => $"{pair.Key}|{pair.Value}")));

    [Fact]
    public void Whatever_was_written_is_read_back() =>
        Law.Check("properties text", Pair.ListOf().Zip(Gen.Choose(0, int.MaxValue - 1)), given =>
        {
            var (pairs, seed) = given;
            var text = Write(pairs, new System.Random(seed));
            Assert.Equal(pairs.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value)), PropertiesText.Read(new StringReader(text)));
        });

    [Theory]
    [InlineData("a=1\nb=hunter2\\u12", 2)]
    [InlineData("a=hunter2\\u12G4", 1)]
    [InlineData("#\n\na=\\\n hunter2\\u-123", 3)]
    public void A_broken_escape_is_refused_by_its_line_without_its_value(string text, int line)
    {
        var message = Assert.Throws<ArgumentException>(() => KafkaProducerOptions.FromProperties(new StringReader(text))).Message;
        Assert.Contains($"Line {line} of the properties has \\u without four hexadecimal digits", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_are_read_from_a_file()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "# A Java client's.\nbootstrap.servers = kafka-1:9092,\\\n    kafka-2:9092\nlinger.ms: 20\n");
            var options = KafkaProducerOptions.FromPropertiesFile(path);
            Assert.Equal(["kafka-1:9092", "kafka-2:9092"], options.BootstrapServers);
            Assert.Equal(TimeSpan.FromMilliseconds(20), options.Linger);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Gen<(string Key, string Value)> Pair =>
        from key in Gen.Elements("a", " ", "=", ":", "#", "!", "\\", "\u00e4", "\n", "\t", "ms", "u").ListOf()
        from value in Gen.Elements("1", " ", "=", ":", "#", "!", "\\", "\u20ac", "\r", "\f", "all", "u0041").ListOf()
        select (string.Concat(key), string.Concat(value));

    /// <summary>One of the many ways to write the pairs.</summary>
    private static string Write(IReadOnlyList<(string Key, string Value)> pairs, System.Random random)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in pairs)
        {
            text.Append(Any("", "", "\n", "# note = 1 \\\n", "  ! note\r\n", " \t\f\r"));
            text.Append(Any("", " ", "\t"));
            Escape(key);

            // Without a key only a separator that is no blank begins a value; without a separator a value begins at once.
            text.Append(key.Length == 0 ? Any("=", ": ") : Any("=", ":", " ", " = ", "\f:\t", " \\\n  = "));
            Escape(value);
            text.Append(Any("\n", "\r", "\r\n"));
        }

        return text.ToString();

        string Any(params string[] ways) => ways[random.Next(ways.Length)];

        void Escape(string plain)
        {
            foreach (var c in plain)
            {
                text.Append(Any("", "", "", "", "\\\n", "\\\r\n \t"));
                text.Append(c switch
                {
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    '\f' => "\\f",
                    ' ' or '=' or ':' or '#' or '!' or '\\' => "\\" + c,
                    > '~' when random.Next(2) == 0 => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    _ when random.Next(8) == 0 => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                    _ => c.ToString(),
                });
            }
        }
    }
}
