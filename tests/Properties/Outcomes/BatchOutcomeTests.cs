using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Properties.Outcomes;

/// <summary>The range table: which offset, time and error each record of a batch has (PB10).</summary>
public sealed class BatchOutcomeTests
{
    private static readonly ProduceError Error = new(ProduceErrorCode.Broker, "no");

    [Fact]
    public void Every_record_has_the_outcome_of_its_range() => Law.Check("ranges", Steps.Of(kinds: 3, most: 12, limit: 50), program =>
    {
        // Slow and plain: one outcome per record.
        var naive = new List<(long Offset, ProduceError? Error)>();
        var ranges = new List<OutcomeRange>();
        foreach (var step in program)
        {
            var error = step.Kind == 0 ? Error with { Message = $"{step.A}" } : null;
            long baseOffset = step.Kind switch { 0 => -1, 1 => step.B * 1_000_000_000_000L, _ => -1 };
            ranges.Add(new OutcomeRange(naive.Count, baseOffset, error));
            naive.AddRange(Enumerable.Range(0, 1 + step.A).Select(i => (baseOffset < 0 ? -1 : baseOffset + i, error)));
        }

        var outcome = new BatchOutcome("t", 3, baseTimestamp: 1000, [.. ranges]);
        for (var i = 0; i < naive.Count; i++)
        {
            Assert.Equal(naive[i], (outcome.OffsetOf(i), outcome.ErrorOf(i)));
            Assert.Equal(new RecordMetadata("t", 3, naive[i].Offset, DateTimeOffset.FromUnixTimeMilliseconds(1000 + i)), outcome.MetadataOf(i, i));
        }

        Assert.Equal(ranges, outcome.Ranges.ToArray());
    });

    [Property(MaxTest = 200)]
    public void One_range_is_the_usual_case(NonNegativeInt index, int delta, NonNegativeInt first)
    {
        var range = new OutcomeRange(0, first.Get, null);
        var outcome = new BatchOutcome("t", 0, 5_000_000_000, range, Persistence.PossiblyPersisted);
        Assert.Equal(first.Get + index.Get, outcome.OffsetOf(index.Get));
        Assert.Equal(5_000_000_000 + delta, outcome.TimestampOf(index.Get, delta));
        Assert.Equal(Persistence.PossiblyPersisted, outcome.SuccessPersistence);
    }

    // The append time comes from the network: whatever stands there, telling the outcome must not throw on a dispatcher's thread.
    [Fact]
    public void No_append_time_of_a_broker_breaks_the_telling() => Law.Check(
        "hostile append time",
        Gen.Elements(-1L, 0L, 1_700_000_000_000L, 253_402_300_799_999L, 253_402_300_800_000L, long.MaxValue, long.MinValue, -2L).ToArbitrary(),
        appendTime =>
        {
            var outcome = new BatchOutcome("t", 0, 1000, new OutcomeRange(0, 5, null, appendTime));
            var metadata = outcome.MetadataOf(0, 7);
            var delivery = new Delivery<int>(0, "t", 0, 5, outcome.TimestampOf(0, 7));
            Assert.Equal(metadata, delivery.Metadata);
            Assert.Equal(appendTime < 0 ? 1007 : Math.Min(appendTime, 253_402_300_799_999L), metadata.Timestamp.ToUnixTimeMilliseconds());
        });
}
