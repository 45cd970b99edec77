using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rx.Kafka.Properties.Serialization;

/// <summary>What the serializers write, byte for byte as the Java client's do.</summary>
public sealed partial class KafkaSerializersTests
{
    // From the Java client 4.3: new LongSerializer().serialize(null, value) and so on.
    [Theory]
    [InlineData(0L, "0000000000000000")]
    [InlineData(1L, "0000000000000001")]
    [InlineData(-2L, "FFFFFFFFFFFFFFFE")]
    [InlineData(long.MinValue, "8000000000000000")]
    [InlineData(0x0102030405060708L, "0102030405060708")]
    public void Int64_is_eight_bytes_the_highest_first(long number, string bytes) => Assert.Equal(bytes, Hex(KafkaSerializers.Int64, number));

    [Theory]
    [InlineData(1, "00000001")]
    [InlineData(-2, "FFFFFFFE")]
    [InlineData(0x01020304, "01020304")]
    public void Int32_is_four_bytes_the_highest_first(int number, string bytes) => Assert.Equal(bytes, Hex(KafkaSerializers.Int32, number));

    [Fact]
    public void Guid_is_the_text_that_Java_writes() =>
        Assert.Equal("0f8fad5b-d9cb-469f-a165-70867728950e", Encoding.ASCII.GetString(Written(KafkaSerializers.Guid, new Guid("0F8FAD5B-D9CB-469F-A165-70867728950E"))!));

    [Fact]
    public void Text_is_what_a_record_of_text_is() => Law.Check("Utf8", (string? text) => Same(Record.Utf8(text), Written(KafkaSerializers.Utf8, text)));

    [Fact]
    public void Bytes_stay_as_they_are_and_null_is_not_empty()
    {
        Law.Check("Bytes", (byte[]? bytes) => Same(bytes, Written(KafkaSerializers.Bytes, bytes)));
        Assert.Null(Written(KafkaSerializers.Memory, ReadOnlyMemory<byte>.Empty));
        Assert.Equal([], Written(KafkaSerializers.Memory, Array.Empty<byte>())!);
        Assert.Equal([2, 3], Written(KafkaSerializers.Memory, new byte[] { 1, 2, 3 }.AsMemory(1))!);
    }

    [Fact]
    public void Json_is_what_JsonSerializer_writes_with_the_same_options() => Law.Check("Json", ((string? Text, int Number, bool Indented) c) =>
    {
        var context = new SampleJson(new JsonSerializerOptions { WriteIndented = c.Indented, IndentSize = 3 });
        var serializer = KafkaSerializers.Json(context.Sample);
        var sample = new Sample(c.Text, c.Number, [c.Number, 1]);
        return Enumerable.Range(0, 3).All(_ => Same(JsonSerializer.SerializeToUtf8Bytes(sample, context.Sample), Written(serializer, sample)));
    });

    // What an exception leaves behind in a writer must not come into the next value.
    [Fact]
    public void Json_that_cannot_be_written_spoils_no_later_value()
    {
        var serializer = KafkaSerializers.Json(SampleJson.Default.Sample);
        for (var i = 0; i < 3; i++)
        {
            Assert.Throws<InvalidOperationException>(() => Written(serializer, new Sample("x", -1, new Throwing())));
            Assert.Equal("""{"Text":"x","Number":1,"List":[5]}""", Encoding.UTF8.GetString(Written(serializer, new Sample("x", 1, [5]))!));
        }
    }

    [Fact]
    public void Null_is_Kafkas_null_also_for_who_asks_a_serializer_himself()
    {
        Assert.Null(Written(KafkaSerializers.Utf8, null));
        Assert.Null(Written(KafkaSerializers.Json(SampleJson.Default.Sample), null!));
    }

    private static string Hex<T>(IKafkaSerializer<T> serializer, T value) => Convert.ToHexString(Written(serializer, value)!);

    private static byte[]? Written<T>(IKafkaSerializer<T> serializer, T value)
    {
        var destination = new ArrayBufferWriter<byte>();
        return serializer.Serialize(value, destination) ? destination.WrittenSpan.ToArray() : null;
    }

    private static bool Same(byte[]? expected, byte[]? written) => expected is null ? written is null : written is not null && expected.AsSpan().SequenceEqual(written);

    internal sealed record Sample(string? Text, int Number, IEnumerable<int> List);

    [JsonSerializable(typeof(Sample))]
    internal sealed partial class SampleJson : JsonSerializerContext;

    private sealed class Throwing : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator()
        {
            yield return 7;
            throw new InvalidOperationException("no more");
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
