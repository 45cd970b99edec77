using System.Text;

namespace Rx.Kafka.Properties;

/// <summary>Text, arrays and memory go together in every pair, and a bare null beside any of them compiles and is null.</summary>
public sealed class RecordFormTests
{
    private const string Text = "v";
    private static readonly byte[] Bytes = [118];
    private static readonly ReadOnlyMemory<byte> Memory = Bytes;
    private static readonly ReadOnlyMemory<byte>? Nullable = Bytes;

    // What matters most is that this compiles.
    [Fact]
    public void Every_pair_of_forms_makes_the_same_record() => Assert.All(
        [
            new Record("t", Text, Text), new Record("t", Bytes, Text), new Record("t", Memory, Text), new Record("t", Nullable, Text),
            new Record("t", Text, Bytes), new Record("t", Bytes, Bytes), new Record("t", Memory, Bytes), new Record("t", Nullable, Bytes),
            new Record("t", Text, Memory), new Record("t", Bytes, Memory), new Record("t", Memory, Memory), new Record("t", Nullable, Memory),
            new Record("t", Text, Nullable), new Record("t", Bytes, Nullable), new Record("t", Memory, Nullable), new Record("t", Nullable, Nullable),
        ],
        static record => Assert.Equal(new Record("t", "v", "v"), record));

    [Fact]
    public void A_bare_null_is_null_beside_every_form()
    {
        Assert.All(
            [new Record("t", Text, null), new Record("t", Bytes, null), new Record("t", Memory, null), new Record("t", Nullable, null), new Record("t", Text, default)],
            static record => Assert.Equal(Record.Tombstone("t", "v"), record));
        Assert.All(
            [new Record("t", null, Text), new Record("t", null, Bytes), new Record("t", null, Memory), new Record("t", null, Nullable), new Record("t", default, Memory)],
            static record => Assert.Equal(new Record("t", "v"), record));
        Assert.All([new Record("t", null, null), new Record("t", null), new Record("t", value: null, key: null)], static record => Assert.Equal((null, null), (record.Value, record.Key)));
    }

    [Fact]
    public void A_header_is_of_text_an_array_or_memory()
    {
        Assert.All(
            [new RecordHeader("h", Text), new RecordHeader("h", Bytes), new RecordHeader("h", Memory), new RecordHeader("h", Nullable)],
            static header => Assert.Equal("v", Encoding.UTF8.GetString(header.Value!.Value.Span)));
        Assert.All([new RecordHeader("h", null), new RecordHeader("h", default(string)), new RecordHeader("h", default)], static header => Assert.Null(header.Value));
        Assert.Equal(0, new RecordHeader("h", "").Value?.Length);
    }
}
