using FsCheck;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Properties.Protocol.Records;

/// <summary>L11: a batch that is decoded is what was encoded, and nobody can change a bit unnoticed.</summary>
[Properties(Arbitrary = [typeof(DecodedBatches)])]
public sealed class RecordEncoderTests
{
    [Property(MaxTest = 500)]
    [Law("L11")]
    public void Decoding_an_encoded_batch_gives_its_records(DecodedBatch batch)
    {
        var decoded = BatchDecoder.Read(BatchEncoding.Encode(batch));
        Assert.Equal(batch.Fields, decoded.Fields);
        Assert.Equal(batch.Records.Select(r => r.ToString()), decoded.Records.Select(r => r.ToString()));
    }

    [Property(MaxTest = 500)]
    [Law("L11")]
    public void A_changed_bit_is_caught(DecodedBatch batch, DoNotSize<uint> place)
    {
        var bytes = BatchEncoding.Encode(batch);

        // All but base offset and leader epoch, which a broker may rewrite.
        var bits = Enumerable.Range(8 * 8, 4 * 8).Concat(Enumerable.Range(16 * 8, (bytes.Length - 16) * 8)).ToArray();
        var bit = bits[place.Item % bits.Length];
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        Assert.Throws<FormatException>(() => BatchDecoder.Read(bytes));
    }

    [Property(MaxTest = 200)]
    public void A_record_takes_no_more_than_the_known_overhead(DecodedRecord record)
    {
        var plain = record with { Headers = [] };
        var content = (plain.Key?.Length ?? 0) + (plain.Value?.Length ?? 0);
        var most = content + RecordEncoder.MaximumOverhead + (2 * Varint.MaximumSize32) + 1;
        Assert.InRange(BatchEncoding.Encode(plain).Length, content + 7, most);
    }

    [Fact]
    public void The_worst_record_takes_exactly_the_known_overhead()
    {
        // Its length takes 5 bytes only above 128 MiB, so it is measured, not written: null key 1, the value's length 5, no headers 1.
        var body = RecordEncoder.BodySize(long.MinValue, int.MaxValue, -1, 200_000_000, headers: null);
        Assert.Equal(200_000_000 + RecordEncoder.MaximumOverhead + 1 + 5 + 1, RecordEncoder.TotalSize(body));
    }

    [Fact]
    public void A_size_beyond_all_limits_does_not_wrap_around()
    {
        var body = RecordEncoder.BodySize(0, 0, int.MaxValue, int.MaxValue, headers: null);
        Assert.True(body > 2_000_000_000);
        Assert.True(RecordEncoder.TotalSize(body) > 2_000_000_000);
    }

    [Fact]
    public void Encoding_allocates_nothing()
    {
        var key = new byte[10];
        var value = new byte[100];
        var headers = RecordHeaders.Create([new RecordHeader("trace", value)]);
        var chunk = new byte[1024];
        Encode(chunk, key, value, headers);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Encode(chunk, key, value, headers);
            Encode(chunk, key, value, headers: null);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(8191)]
    [InlineData(8192)]
    [InlineData(1_048_575)]
    [InlineData(1_048_576)]
    public void Lengths_at_the_borders_of_varints_are_right(int length)
    {
        var record = new DecodedRecord(length, length, new byte[length], new byte[length], []);
        Assert.Equal(record.ToString(), Assert.Single(BatchDecoder.ReadRecords(BatchEncoding.Encode(record), 1)).ToString());
    }

    private static void Encode(byte[] chunk, byte[] key, byte[] value, RecordHeaders? headers)
    {
        var body = RecordEncoder.BodySize(5, 7, key.Length, value.Length, headers);
        RecordEncoder.Write(chunk.AsSpan(0, RecordEncoder.TotalSize(body)), body, 5, 7, key, keyIsNull: false, value, valueIsNull: false, headers);
    }
}
