using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Properties.Protocol.Records;

/// <summary>L11: a batch that is decoded is what was encoded, and nobody can change a bit unnoticed.</summary>
public sealed class RecordEncoderTests
{
    [Fact]
    public void Decoding_an_encoded_batch_gives_its_records() =>
        Law.Check("L11", Batches(), batch =>
        {
            var decoded = BatchDecoder.Read(BatchEncoding.Encode(batch));
            Assert.Equal(batch.Fields, decoded.Fields);
            Assert.Equal(batch.Records.Select(r => r.ToString()), decoded.Records.Select(r => r.ToString()));
        }, maxTest: 500);

    [Fact]
    public void A_changed_bit_is_caught() =>
        Law.Check("L11, checksum", Batches().Zip(Gen.Choose(0, int.MaxValue).ToArbitrary()), c =>
        {
            var bytes = BatchEncoding.Encode(c.Item1);

            // All but base offset and leader epoch, which a broker may rewrite.
            var bits = Enumerable.Range(8 * 8, 4 * 8).Concat(Enumerable.Range(16 * 8, (bytes.Length - 16) * 8)).ToArray();
            var bit = bits[c.Item2 % bits.Length];
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<FormatException>(() => BatchDecoder.Read(bytes));
        }, maxTest: 500);

    [Fact]
    public void A_record_takes_no_more_than_the_known_overhead() =>
        Law.Check("overhead", Records(), record =>
        {
            var plain = record with { Headers = [] };
            var content = (plain.Key?.Length ?? 0) + (plain.Value?.Length ?? 0);
            Assert.InRange(BatchEncoding.Encode(plain).Length, content + 7, content + RecordEncoder.MaximumOverhead + (2 * Varint.MaximumSize32) + 1);
        });

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

    private static Gen<byte[]?> Bytes() => Gen.Frequency(
        (10, Gen.Constant<byte[]?>(null)),
        (60, Gen.Choose(0, 255).Select(v => (byte)v).ArrayOf().Select(v => (byte[]?)v)),
        (5, Gen.Choose(60, 300).Select(length => (byte[]?)new byte[length])),
        (1, Gen.Choose(8100, 8300).Select(length => (byte[]?)new byte[length])));

    private static Gen<long> Deltas() => Gen.OneOf(
        Gen.Choose(0, 100).Select(v => (long)v),
        Gen.Choose(int.MinValue, int.MaxValue).Select(v => (long)v),
        Gen.Elements(long.MinValue, long.MaxValue, -1L));

    private static Gen<DecodedHeader[]> Headers() =>
        (from key in Gen.Elements("", "a", "trace-id", "é中\U0001F600", new string('k', 200))
         from value in Bytes()
         select new DecodedHeader(key, value)).ListOf().Select(list => list.Take(5).ToArray());

    private static Gen<DecodedRecord> Records() =>
        from delta in Deltas()
        from offset in Gen.Choose(0, int.MaxValue)
        from key in Bytes()
        from value in Bytes()
        from headers in Gen.Frequency((3, Gen.Constant<DecodedHeader[]>([])), (1, Headers()))
        select new DecodedRecord(delta, offset, key, value, headers);

    private static Arbitrary<DecodedBatch> Batches()
    {
        var batches = from records in Records().NonEmptyListOf()
                      from attributes in Gen.Elements<short>(0, 16)
                      from time in Deltas()
                      from max in Deltas()
                      from id in Deltas()
                      from epoch in Gen.Choose(-1, short.MaxValue)
                      from sequence in Gen.Choose(-1, int.MaxValue)
                      select Batch([.. records.Take(20)], new BatchFields(0, -1, attributes, 0, time, max, id, (short)epoch, sequence, 0));
        return Arb.From(batches, batch => batch.Records.Length > 1 ? batch.Records.Select((_, i) => Batch([.. batch.Records.Where((_, j) => j != i)], batch.Fields)) : []);
    }

    private static DecodedBatch Batch(DecodedRecord[] records, BatchFields fields) =>
        new(fields with { LastOffsetDelta = records.Length - 1, RecordCount = records.Length }, records);
}
