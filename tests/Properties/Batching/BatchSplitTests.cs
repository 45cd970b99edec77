using FsCheck.Fluent;
using Rx.Kafka.Batching;

namespace Rx.Kafka.Properties.Batching;

/// <summary>Cutting a batch: the same records in the same order, each part a whole batch by itself, no bytes more than before (RA22, PB3).</summary>
public sealed class BatchSplitTests
{
    // Records of many sizes and times, so that numbers, lengths and deltas take one byte and more, in batches of several chunks.
    [Fact]
    public void Parts_hold_the_records_of_the_whole_in_order() => Law.Check(
        "split",
        Gen.Zip(Gen.Elements(4096, 100_000), Gen.Choose(2, 400).SelectMany(count => Gen.Choose(0, 300).ArrayOf(count))),
        given =>
        {
            var (batchSize, sizes) = given;
            using var world = new BatchingWorld(batchSize, memory: 4 << 20);
            var owner = world.NewOwner();
            var channel = world.NewChannel(owner);
            for (var i = 0; i < sizes.Length; i++)
            {
                Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(i, sizes[i]), timestamp: 1_000_000 + (sizes[i] * 97)));
            }

            channel.CloseOpen(owner.Timeline.OldestOpen(), mayGrow: false);
            while (channel.Reader.TryRead(out var batch))
            {
                var whole = BatchingWorld.Decode(batch);
                var parts = CutAgainAndAgain(batch, given.Item2.Length % 7);
                var records = parts.SelectMany(static part => BatchingWorld.Decode(part).Records).ToList();
                Assert.Equal(whole.Records.Select(static r => (r.TimestampDelta, Convert.ToHexString(r.Value!))), records.Select(static r => (r.TimestampDelta, Convert.ToHexString(r.Value!))));
                Assert.Equal(parts.Select(static part => part.FirstIndex), Starts(parts));
                Assert.All(parts, static part => Assert.Equal(Enumerable.Range(0, part.Count), BatchingWorld.Decode(part).Records.Select(static r => r.OffsetDelta)));
                Assert.All(parts, static part => Assert.Equal(part.BaseTimestamp + BatchingWorld.Decode(part).Records.Max(static r => r.TimestampDelta), part.MaxTimestamp));
                Assert.True(parts.Sum(static part => part.Bytes - 61) <= batch.Bytes - 61, "larger than before");
                BatchingWorld.Decide(batch);
            }
        });

    // Whatever the sizes, each part has a record, and none ends before its limit asks for it: so cutting ends, in as few parts as can be.
    [Fact]
    public void Parts_are_as_large_as_the_limit_allows() => Law.Check(
        "limit",
        Gen.Zip(Gen.Choose(61, 4000), Gen.Choose(0, 3000).ArrayOf().Where(static sizes => sizes.Length is > 1 and < 20)),
        given =>
        {
            var (limit, sizes) = given;
            using var world = new BatchingWorld(batchSize: 100_000, memory: 4 << 20);
            var owner = world.NewOwner();
            var channel = world.NewChannel(owner);
            for (var i = 0; i < sizes.Length; i++)
            {
                world.Append(channel, BatchingWorld.Numbered(i, sizes[i]));
            }

            channel.CloseOpen(owner.Timeline.OldestOpen(), mayGrow: false);
            var batch = BatchingWorld.Take(channel);
            var parts = BatchSplit.Cut(batch, limit);
            Assert.Equal(batch.Count, parts.Sum(static part => part.Count));
            Assert.All(parts, part => Assert.True(part.Count == 1 || (part.Count > 0 && part.Bytes <= limit), "too large"));
            foreach (var (part, next) in parts.Zip(parts.Skip(1)))
            {
                Assert.True(part.Bytes + BatchingWorld.Decode(next).Records[0].Value!.Length + 16 > limit, "the next record would have fitted");
            }

            BatchingWorld.Decide(batch);
        });

    private static List<ProducerBatch> CutAgainAndAgain(ProducerBatch batch, int depth) => depth == 0 || batch.Count == 1
        ? [batch]
        : [.. BatchSplit.Cut(batch, (batch.Bytes + 61) / 2).SelectMany(part => CutAgainAndAgain(part, depth - 1))];

    private static IEnumerable<int> Starts(IEnumerable<ProducerBatch> parts)
    {
        var next = 0;
        foreach (var part in parts)
        {
            yield return next;
            next += part.Count;
        }
    }
}
