using FsCheck;
using FsCheck.Fluent;

namespace Rx.Kafka.Properties.Protocol.Records;

/// <summary>Random batches, as a decoder should find them.</summary>
internal static class DecodedBatches
{
    public static Arbitrary<DecodedRecord> Records() => AnyRecord().ToArbitrary();

    public static Arbitrary<DecodedBatch> Batches()
    {
        var batches = from records in AnyRecord().NonEmptyListOf()
                      from attributes in Gen.Elements<short>(0, 16)
                      from time in Deltas()
                      from max in Deltas()
                      from id in Deltas()
                      from epoch in Gen.Choose(-1, short.MaxValue)
                      from sequence in Gen.Choose(-1, int.MaxValue)
                      select Batch([.. records.Take(20)], new BatchFields(0, -1, attributes, 0, time, max, id, (short)epoch, sequence, 0));
        return Arb.From(batches, Smaller);
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

    private static Gen<DecodedRecord> AnyRecord() =>
        from delta in Deltas()
        from offset in Gen.Choose(0, int.MaxValue)
        from key in Bytes()
        from value in Bytes()
        from headers in Gen.Frequency((3, Gen.Constant<DecodedHeader[]>([])), (1, Headers()))
        select new DecodedRecord(delta, offset, key, value, headers);

    private static IEnumerable<DecodedBatch> Smaller(DecodedBatch batch) =>
        batch.Records.Length > 1 ? batch.Records.Select((_, i) => Batch([.. batch.Records.Where((_, j) => j != i)], batch.Fields)) : [];

    private static DecodedBatch Batch(DecodedRecord[] records, BatchFields fields) =>
        new(fields with { LastOffsetDelta = records.Length - 1, RecordCount = records.Length }, records);
}
