using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Options;

namespace Rx.Kafka.Properties.Options;

/// <summary>Reading the keys of both clients. Carries K3 (keys that are none), K20 (unknown ones), K26 (names that are none).</summary>
public sealed class PropertiesTests
{
    private const string Secret = "hunter2";

    /// <summary>Any keys, each once, most with a value that is one.</summary>
    private static Gen<List<KeyValuePair<string, string>>> Keys =>
        from rows in Gen.SubListOf(KeyTable.Rows.Where(row => !row.IsFamily))
        from strangers in Gen.SubListOf("foo", "linger_ms", "sasl.pasword", "[default]", "completely.different")
        from values in Gen.Elements("1", "0", "true", "all", "none", "zstd, lz4", "20ms", "'5'", "PLAINTEXT", "SSL", "random", "h:1", "SSL://h:1", "x").ArrayOf(rows.Count + strangers.Count)
        select rows.Select(row => row.Key).Concat(strangers).Zip(values, KeyValuePair.Create).ToList();

    [Property(Arbitrary = [typeof(OptionGenerators)])]
    public void What_is_written_as_properties_is_read_back(KafkaProducerOptions options) =>
        Assert.Equal(options, KafkaProducerOptions.FromProperties(Written(options)));

    [Property(Arbitrary = [typeof(OptionGenerators)])]
    public void What_is_read_back_prints_the_same(KafkaProducerOptions options) =>
        Assert.Equal(options.ToString(), KafkaProducerOptions.FromProperties(Written(options)).ToString());

    [Fact]
    public void The_order_of_keys_does_not_matter() =>
        Law.Check("any order", Keys.SelectMany(keys => Gen.Shuffle(keys.ToArray()).Select(shuffled => (keys, shuffled))), pair => Assert.Equal(Outcome(pair.keys), Outcome(pair.shuffled)));

    [Fact]
    public void Only_values_of_supported_keys_are_repeated() =>
        Law.Check("secrets", Keys, keys =>
        {
            var marked = keys.Select(pair => KeyIndex.Find(pair.Key) is { Status: KeyStatus.Supported } ? pair : KeyValuePair.Create(pair.Key, Secret)).ToList();
            Assert.DoesNotContain(Secret, Outcome(marked), StringComparison.Ordinal);
        });

    [Theory]
    [InlineData("SASL_SSL://user:hunter2@h:9093")]
    [InlineData("user:hunter2@h:9093")]
    [InlineData("SASL_SSL://user:hunter2,hunter2@h:9093")]
    [InlineData("good:9092,hunter2,x@h:1,h:1/")]
    [InlineData("Endpoint=sb://h/;SharedAccessKeyName=Root;SharedAccessKey=hunter2=")]
    public void A_password_in_an_address_is_not_shown(string servers)
    {
        Assert.DoesNotContain(Secret, Refusal(("bootstrap.servers", servers)), StringComparison.Ordinal);
        var options = new KafkaProducerOptions { BootstrapServers = servers.Split(',') };
        Assert.DoesNotContain(Secret, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_number_out_of_range_is_refused_with_its_range() =>
        Law.Check("text out of range", Gen.Elements(OptionTable.Rows.Where(row => row.Key is not null && row.Range.Contains("from", StringComparison.Ordinal)).ToArray()).Zip(Gen.Elements("-200000", "x", "", "1,5", "99999999999999999999")), pair =>
        {
            var (row, text) = pair;
            if (row.Key is "bootstrap.servers" || (row.Key is "connections.max.idle.ms" && text is "-200000"))
            {
                return;
            }

            var message = Refusal((row.Key!, text));
            Assert.Contains($"- {row.Key} is '{text}'; it must be ", message, StringComparison.Ordinal);
            Assert.Contains(row.Range, message, StringComparison.Ordinal);
        });

    [Fact]
    public void A_value_says_the_same_with_quotes_and_blanks_around_it() =>
        Law.Check("quotes", Keys.Zip(Gen.Elements("{0}", " {0}\t", "\"{0}\"", " '{0}' ")), given =>
        {
            var (keys, form) = given;
            var bare = keys.Select(pair => KeyValuePair.Create(pair.Key, OptionText.Unquote(pair.Value)!)).ToList();
            Assert.Equal(Outcome(bare), Outcome([.. bare.Select(pair => KeyValuePair.Create(pair.Key, string.Format(null, form, pair.Value)))]));
        });

    [Theory]
    [InlineData("20", 20)]
    [InlineData("20ms", 20)]
    [InlineData("0.5", 0.5)]
    [InlineData("2 s", 2000)]
    [InlineData("1.5S", 1500)]
    [InlineData("2min", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("00:00:00.0200000", 20)]
    [InlineData("1.00:00:00", 86_400_000)]
    [InlineData("9223372036854775807", int.MaxValue)]
    public void A_duration_is_a_number_of_milliseconds_or_says_its_unit(string text, double milliseconds) =>
        Assert.Equal(milliseconds, KafkaProducerOptions.FromProperties([new("max.block.ms", text)]).MaxBlock.TotalMilliseconds);

    [Theory]
    [InlineData("5 parsecs")]
    [InlineData("ms")]
    [InlineData("5d")]
    [InlineData("-1ms")]
    [InlineData("1:2:3:4:5")]
    [InlineData("1e3")]
    [InlineData("9223372036854775808")]
    public void Other_durations_are_refused(string text) => Refusal(("max.block.ms", text));

    [Fact]
    public void Where_two_keys_set_one_option_Javas_wins_and_it_is_said()
    {
        var options = KafkaProducerOptions.FromProperties([new("queue.buffering.max.ms", "50"), new("linger.ms", "10"), new("partitioner", "murmur2_random")]);
        Assert.Equal(10, options.Linger.TotalMilliseconds);
        Assert.Equal(["linger.ms wins over queue.buffering.max.ms: both set Linger (linger.ms), and they differ"], options.Notices);
        Assert.Contains("queue.buffering.max.ms is 'x'", Refusal(("queue.buffering.max.ms", "x"), ("linger.ms", "10")), StringComparison.Ordinal);
    }

    [Fact]
    public void Notices_are_no_option()
    {
        var options = KafkaProducerOptions.FromProperties([new("group.id", "g"), new("auto.offset.reset", "earliest")]);
        Assert.Equal(new KafkaProducerOptions(), options);
        Assert.Equal(new KafkaProducerOptions().GetHashCode(), options.GetHashCode());
        Assert.Equal(["auto.offset.reset, group.id: for consumers, without effect on a producer"], options.Notices);
        Assert.Equal(options.Notices, (options with { Retries = 1 }).Notices);
    }

    [Fact]
    public void Levels_are_of_the_codec_that_is_used()
    {
        Assert.Equal(Compression.Zstd.WithLevel(7), Read(("compression.zstd.level", "7"), ("compression.type", "zstd"), ("compression.gzip.level", "1")));
        Assert.Equal(Compression.Zstd.WithLevel(7), Read(("compression.level", "7"), ("compression.codec", "zstd")));
        Assert.Equal(Compression.Zstd.WithLevel(-5), Read(("compression.level", "7"), ("compression.codec", "zstd"), ("compression.zstd.level", "-5")));
        Assert.Equal(Compression.Lz4.WithLevel(1), Read(("compression.level", "0"), ("compression.codec", "lz4")));
        Assert.Equal(Compression.Gzip, Read(("compression.level", "-1"), ("compression.codec", "gzip")));
        Assert.Equal(Compression.Gzip, Read(("compression.gzip.level", "-1"), ("compression.type", "gzip")));
        Assert.Equal(Compression.Snappy, Read(("compression.level", "0"), ("compression.codec", "snappy")));
        Assert.Equal(Compression.Zstd.Or(Compression.Gzip.WithLevel(9)), Read(("compression.gzip.level", "9"), ("compression.type", "zstd,gzip")));
        Assert.Contains("compression.level is '10'; it must be a whole number from 1 to 9", Refusal(("compression.level", "10"), ("compression.codec", "gzip")), StringComparison.Ordinal);

        static Compression Read(params (string Key, string Value)[] properties) =>
            KafkaProducerOptions.FromProperties(properties.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))).Compression;
    }

    [Fact]
    public void Partitioners_have_the_names_of_either_client()
    {
        Assert.Same(Partitioners.ConsistentRandom, Read("partitioner", "consistent_random"));
        Assert.Same(Partitioners.Murmur2Random, Read("partitioner", "Murmur2Random"));
        Assert.Same(Partitioners.RoundRobin, Read("partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner"));
        Assert.Null(Read("partitioner.class", "org.apache.kafka.clients.producer.internals.DefaultPartitioner"));
        Assert.Contains("partitioner.class is 'com.example.Mine'; it must be one of consistent, ", Refusal(("partitioner.class", "com.example.Mine")), StringComparison.Ordinal);

        static IPartitioner? Read(string key, string name) => KafkaProducerOptions.FromProperties([new(key, name)]).Partitioner;
    }

    [Fact]
    public void Null_keys_and_values_are_faults_and_not_crashes()
    {
        var message = Refusal((null!, "1"), ("acks", null!));
        Assert.Contains("- (empty) is an unknown key", message, StringComparison.Ordinal);
        Assert.Contains("- acks has no value", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => KafkaProducerOptions.FromProperties(default(IEnumerable<KeyValuePair<string, string>>)!));
    }

    private static IEnumerable<KeyValuePair<string, string>> Written(KafkaProducerOptions options) => OptionTable.Rows
        .Where(row => row.Key is not null && row.Read(options) is not null)
        .Select(row => KeyValuePair.Create(row.Key!, OptionText.Quote(row.Read(options)!)));

    private static string Outcome(IEnumerable<KeyValuePair<string, string>> keys)
    {
        try
        {
            var options = KafkaProducerOptions.FromProperties(keys);
            return $"{options}\n{string.Join('\n', options.Notices)}";
        }
        catch (ArgumentException refusal)
        {
            return refusal.Message;
        }
    }

    private static string Refusal(params (string Key, string Value)[] properties) =>
        Assert.Throws<ArgumentException>(() => KafkaProducerOptions.FromProperties(properties.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)))).Message;
}
