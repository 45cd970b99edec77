using FsCheck.Fluent;
using Rx.Kafka.Options;

namespace Rx.Kafka.Properties.Options;

/// <summary>The table of keys has what both clients have, and says what becomes of each.</summary>
public sealed class KeyTableTests
{
    public static TheoryData<string> Lists => ["java-4.4", "librdkafka-2.16", "confluent-2.16"];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Every_key_of_a_client_is_in_the_table(string list) =>
        Assert.All(Lines(list), line => Assert.Equal(line.Split(' ')[^1], KeyIndex.Find(line.Split(' ')[^1])?.Key));

    [Fact]
    public void Every_property_of_Confluents_ProducerConfig_is_found_by_its_name() =>
        Assert.All(Lines("confluent-2.16"), line =>
        {
            var found = KeyIndex.FindLoosely(line.Split(' ')[0]);
            Assert.Same(KeyIndex.Find(line.Split(' ')[1])!.Option, found?.Option);
            Assert.Equal(KeyIndex.Find(line.Split(' ')[1])!.Status, found!.Status);
        });

    [Fact]
    public void Every_option_is_found_by_its_key_and_by_its_name() =>
        Assert.All(OptionTable.Rows, option =>
        {
            Assert.Same(option, KeyIndex.FindLoosely(option.Property ?? option.Key!)?.Option);
            Assert.Same(option, option.Key is null ? option : KeyIndex.Find(option.Key)?.Option);
        });

    [Fact]
    public void Keys_do_not_meet_when_only_their_letters_count() =>
        Assert.All(KeyTable.Rows.Where(row => !row.IsFamily).GroupBy(row => KeyIndex.Plain(row.Key), StringComparer.Ordinal), group => Assert.Single(group));

    [Fact]
    public void Who_sets_no_option_says_why() =>
        Assert.All(KeyTable.Rows, row => Assert.Equal(row.Status == KeyStatus.Supported, row.Option is not null || row.Note.Length == 0));

    [Fact]
    public void A_key_is_found_however_its_words_are_parted() =>
        Law.Check("loose names", Gen.Elements(KeyTable.Rows.Where(row => !row.IsFamily).ToArray()).Zip(Gen.Elements("_", "__", "-", "", ".", ":")).Zip(Gen.Elements(true, false)), given =>
        {
            var ((row, separator), isUpper) = given;
            var name = row.Key.Replace(".", separator, StringComparison.Ordinal);
            Assert.Same(row, KeyIndex.FindLoosely(isUpper ? name.ToUpperInvariant() : name));
        });

    [Fact]
    public void One_wrong_letter_still_finds_the_key() =>
        Law.Check("did you mean", Gen.Elements(KeyTable.Rows.Where(row => !row.IsFamily && row.Key.Length > 4).Select(row => row.Key).ToArray()).SelectMany(key => Gen.Choose(0, key.Length - 1).Select(at => (key, at))), pair =>
        {
            var misspelt = pair.key.Remove(pair.at, 1).Insert(pair.at, "9");
            if (KeyIndex.Find(misspelt) is null)
            {
                Assert.Contains(pair.key, NearestKeys.Of(misspelt));
            }
        });

    private static IEnumerable<string> Lines(string list) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "Keys", list + ".txt")).Where(line => !line.StartsWith('#'));
}
