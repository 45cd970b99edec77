using FsCheck;
using FsCheck.Fluent;

namespace Rx.Kafka.Properties;

/// <summary>PB11: records are values: equal content, equal record, and nothing that was put in changes later.</summary>
[Properties(Arbitrary = [typeof(Makers)])]
public sealed class RecordTests
{
    [Property(MaxTest = 200)]
    public void Equal_content_is_an_equal_record_with_an_equal_hash(Func<Record> make)
    {
        var (one, other) = (make(), make());
        Assert.True(one == other && one.Equals((object)other));
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    }

    // Also where null stands beside empty, and nothing beside zero.
    [Property(MaxTest = 200)]
    public void Any_difference_is_seen(Func<Record> make)
    {
        var record = make();
        Record[] others =
        [
            record with { Topic = record.Topic + "'" },
            record with { Key = Other(record.Key) },
            record with { Value = Other(record.Value) },
            record with { Partition = record.Partition is null ? 0 : null },
            record with { Timestamp = record.Timestamp is null ? DateTimeOffset.UnixEpoch : null },
            record with { Headers = record.Headers.Add(new RecordHeader("z", null)) },
        ];
        Assert.All(others, other => Assert.NotEqual(record, other));
        Assert.Equal(others.Length, others.Distinct().Count());
    }

    // K10: there is nothing to freeze.
    [Fact]
    public void Headers_stay_as_they_were_given()
    {
        RecordHeader[] given = [new("a", null), new("b", new byte[] { 1 })];
        var headers = RecordHeaders.Create(given);
        given[0] = new("changed", null);
        var more = headers.Add(new("c", null));
        Assert.Equal(["a", "b"], headers.Select(static header => header.Key));
        Assert.Equal(["a", "b", "c"], more.Select(static header => header.Key));
        Assert.Throws<ArgumentException>(() => headers.Add(new RecordHeader(null!, null)));
    }

    [Property]
    public void Headers_are_found_and_removed_by_their_names(byte[] names)
    {
        RecordHeaders headers = [.. names.Select(static (name, i) => new RecordHeader($"{name % 3}", [(byte)i]))];
        var last = names.ToList().FindLastIndex(static name => name % 3 == 1);
        Assert.Equal(last < 0 ? null : headers[last], headers.Last("1"));
        Assert.Equal(headers.Where(static header => header.Key != "1"), headers.Remove("1"));
        Assert.Null(headers.Remove("1").Last("1"));
    }

    private static ReadOnlyMemory<byte>? Other(ReadOnlyMemory<byte>? bytes) => bytes is null ? Array.Empty<byte>() : default(ReadOnlyMemory<byte>?);

    /// <summary>Each makes the same record again, of memory of its own.</summary>
    private static class Makers
    {
        private static readonly Gen<byte[]?> Bytes = Gen.OneOf(
            Gen.Constant<byte[]?>(null), Gen.Choose(0, 255).Select(static b => (byte)b).ArrayOf().Select(static bytes => (byte[]?)bytes));

        public static Arbitrary<Func<Record>> Maker() => (
            from topic in Gen.Elements("a", "b")
            from key in Bytes
            from value in Bytes
            from partition in Gen.Elements<int?>(null, 0, 7)
            from seconds in Gen.Elements<int?>(null, 0, 1_700_000_000)
            from headers in Gen.Elements("x", "y", "").Zip(Bytes).ListOf()
            select new Func<Record>(() => new Record(topic, key?.ToArray(), value?.ToArray())
            {
                Partition = partition,
                Timestamp = seconds is { } at ? DateTimeOffset.FromUnixTimeSeconds(at) : null,
                Headers = [.. headers.Select(static header => new RecordHeader(header.Item1, Memory(header.Item2)))],
            })).ToArbitrary();

        private static ReadOnlyMemory<byte>? Memory(byte[]? bytes) => bytes is null ? default(ReadOnlyMemory<byte>?) : bytes.ToArray();
    }
}
