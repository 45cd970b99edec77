using Rx.Kafka.Properties.Scenarios;

namespace Rx.Kafka.Properties;

/// <summary>Null is Kafka's null and empty is empty, in every form in which bytes can be written, up to the log.</summary>
public sealed class NullBytesTests
{
    private static readonly (string Name, Func<byte[]?, Record> Make)[] Keys =
    [
        ("constructor, arrays", static bytes => new Record("t", bytes, [1])),
        ("constructor, memory", static bytes => new Record("t", Nullable(bytes), Memory([1]))),
        ("constructor, converted", static bytes => new Record("t", (ReadOnlyMemory<byte>)bytes, Memory([1]))),
        ("constructor, array and memory", static bytes => new Record("t", Nullable(bytes), [1])),
        ("constructor, array and text", static bytes => new Record("t", Text(bytes), [1])),
        ("constructor, memory and text", static bytes => new Record("t", Text(bytes), Memory([1]))),
        ("constructor, text", static bytes => new Record("t", Text(bytes), "1")),
        ("initialiser, array", static bytes => new Record("t", [1]) { Key = bytes }),
        ("initialiser, memory", static bytes => new Record("t", [1]) { Key = Nullable(bytes) }),
        ("with, array", static bytes => new Record("t", "k", "v") with { Key = bytes }),
        ("with, memory", static bytes => new Record("t", "k", "v") with { Key = Nullable(bytes) }),
    ];

    private static readonly (string Name, Func<byte[]?, Record> Make)[] Values =
    [
        ("constructor, arrays", static bytes => new Record("t", bytes)),
        ("constructor, arrays, key", static bytes => new Record("t", [1], bytes)),
        ("constructor, memory", static bytes => new Record("t", Nullable(bytes))),
        ("constructor, converted", static bytes => new Record("t", (ReadOnlyMemory<byte>)bytes)),
        ("constructor, array and memory", static bytes => new Record("t", Memory([1]), bytes)),
        ("constructor, array and text", static bytes => new Record("t", "k", bytes)),
        ("constructor, memory and text", static bytes => new Record("t", "k", Nullable(bytes))),
        ("constructor, text", static bytes => new Record("t", Text(bytes))),
        ("initialiser, array", static bytes => new Record("t", "v") { Value = bytes }),
        ("initialiser, memory", static bytes => new Record("t", "v") { Value = Nullable(bytes) }),
        ("with, array", static bytes => new Record("t", "k", "v") with { Value = bytes }),
        ("with, memory", static bytes => new Record("t", "k", "v") with { Value = Nullable(bytes) }),
    ];

    private static readonly (string Name, Func<byte[]?, RecordHeader> Make)[] Headers =
    [
        ("array", static bytes => new RecordHeader("h", bytes)),
        ("memory", static bytes => new RecordHeader("h", Nullable(bytes))),
        ("converted", static bytes => new RecordHeader("h", (ReadOnlyMemory<byte>)bytes)),
        ("with, array", static bytes => new RecordHeader("h", [1]) with { Value = bytes }),
        ("with, memory", static bytes => new RecordHeader("h", [1]) with { Value = Nullable(bytes) }),
    ];

    private static readonly byte[]?[] All = [null, [], [65, 66]];

    [Fact]
    public void Keys_values_and_headers_reach_the_log_as_they_were_written() => ProducerWorld.Run(static async world =>
    {
        world.Kafka.CreateTopic("t");
        var sent = new List<(string Name, byte[]? Bytes)>();
        await SendAsync(Keys.Select(static form => ($"key, {form.Name}", form.Make)));
        await SendAsync(Values.Select(static form => ($"value, {form.Name}", form.Make)));
        await SendAsync(Headers.Select(static form => ($"header, {form.Name}", (Func<byte[]?, Record>)(bytes => new Record("t", "v") { Headers = [form.Make(bytes)] }))));

        foreach (var (record, (name, bytes)) in world.Kafka.ReadLog("t").Zip(sent))
        {
            var arrived = name.Split(',')[0] switch { "key" => record.Key, "value" => record.Value, _ => record.Headers[0].Value };
            Assert.True(Same(bytes, arrived), $"{name}: {Length(bytes)} arrived as {(arrived is { } there ? Length(there.ToArray()) : "null")}");
        }

        async Task SendAsync(IEnumerable<(string Name, Func<byte[]?, Record> Make)> forms)
        {
            foreach (var (name, make) in forms)
            {
                foreach (var bytes in All)
                {
                    Assert.Equal(sent.Count, (await world.Producer.SendAsync(make(bytes))).Offset);
                    sent.Add((name, bytes));
                }
            }
        }
    });

    [Fact]
    public void An_empty_slice_of_an_array_is_empty_and_memory_without_an_array_is_null()
    {
        Assert.Equal(0, (new Record("t", "v") with { Value = new byte[3].AsMemory(3) }).Value?.Length);
        Assert.Null((new Record("t", "v") with { Value = ReadOnlyMemory<byte>.Empty }).Value);
        Assert.Null(new RecordHeader("h", ReadOnlyMemory<byte>.Empty).Value);
    }

    [Fact]
    public void A_tombstone_must_have_a_key()
    {
        Assert.Throws<ArgumentNullException>(static () => Record.Tombstone("t", default(ReadOnlyMemory<byte>)));
        Assert.Equal(0, Record.Tombstone("t", Array.Empty<byte>()).Key?.Length);
        Assert.Null(Record.Tombstone("t", "k").Value);
    }

    private static ReadOnlyMemory<byte> Memory(byte[] bytes) => bytes;

    private static ReadOnlyMemory<byte>? Nullable(byte[]? bytes) => bytes is null ? null : (ReadOnlyMemory<byte>?)bytes;

    private static string? Text(byte[]? bytes) => bytes is null ? null : System.Text.Encoding.UTF8.GetString(bytes);

    private static bool Same(byte[]? sent, ReadOnlyMemory<byte>? arrived) =>
        sent is null ? arrived is null : arrived is { } bytes && bytes.Span.SequenceEqual(sent);

    private static string Length(byte[]? bytes) => bytes is null ? "null" : $"{bytes.Length} bytes";
}
