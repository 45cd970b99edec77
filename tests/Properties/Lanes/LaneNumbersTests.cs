using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Batching;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Properties.Batching;
using Rx.Kafka.Properties.Metadata.Scripted;

namespace Rx.Kafka.Properties.Lanes;

/// <summary>Sequence numbers that go round and epochs that end (design 4.6; I16, I25): what no scenario lives long enough for.</summary>
public sealed class LaneNumbersTests
{
    // Half of them near the place where the numbers go round.
    private static readonly Gen<int> Sequences =
        Gen.OneOf(Gen.Choose(0, int.MaxValue), Gen.Choose(-1_000_000, 1_000_000).Select(static n => n & int.MaxValue));

    [Theory]
    [InlineData(5, 5, 10)]
    [InlineData(int.MaxValue, 1, 0)]
    [InlineData(int.MaxValue - 5, 10, 4)]
    [InlineData(int.MaxValue, 100, 99)]
    public void Zero_follows_the_largest_sequence_number(int sequence, int records, int expected) =>
        Assert.Equal(expected, LaneNumbers.Advance(sequence, records));

    [Fact]
    public void Batches_one_behind_the_other_have_numbers_one_behind_the_other() => Law.Check(
        "sequence numbers", Sequences.Zip(Gen.Choose(1, 1 << 20)).Zip(Gen.Choose(1, 1 << 20)), given =>
        {
            var ((start, first), second) = given;
            var next = LaneNumbers.Advance(start, first);
            Assert.Equal((start + (long)first) % (1L << 31), next);
            Assert.Equal(LaneNumbers.Advance(start, first + second), LaneNumbers.Advance(next, second));
        });

    // What stands behind a gap is absent, what stands before it is not: also where the numbers go round between them.
    [Fact]
    public void What_stands_behind_a_gap_is_known_wherever_the_numbers_go_round() => Law.Check(
        "gap", Sequences.Zip(Gen.Choose(-1_000_000, 1_000_000)).Zip(Gen.Choose(1, 1_000_000)), given =>
        {
            var ((gap, away), further) = given;
            var (numbers, identity, _, w) = Numbered();
            numbers.End(new(identity, Around(gap, further)), isAbsent: true);
            numbers.End(new(identity, gap), isAbsent: true);
            numbers.End(new(identity, Around(gap, -1)), isAbsent: false);
            Assert.Equal(away > 0, numbers.IsAfterGap(With(identity, Around(gap, away))));
            Assert.False(numbers.IsAfterGap(With(identity with { Epoch = 7 }, Around(gap, 1))));
            Assert.False(numbers.IsAfterGap(new ProducerBatch()));
            Assert.Equal(away > 0, numbers.IsAfterGap(With(identity, Around(gap, away), Voucher.AnySuccess)));
            Assert.False(numbers.IsAfterGap(With(identity, Around(gap, away), Voucher.Nobody)));
            w.End();
        });

    [Fact]
    public void Every_bump_is_the_next_epoch_and_behind_the_last_comes_another_producer_id()
    {
        var (numbers, identity, _, w) = Numbered();
        for (var epoch = 0; epoch < short.MaxValue; epoch++)
        {
            Assert.Equal(new ProducerIdentity(4001, (short)epoch), identity);
            numbers.End(new(identity, 0), isAbsent: false);
            identity = Give(numbers);
        }

        Assert.Equal(new ProducerIdentity(4001, short.MaxValue), identity);
        numbers.End(new(identity, 0), isAbsent: false);
        Assert.False(numbers.IsReady());
        w.World.Run();
        Assert.Equal(new ProducerIdentity(4002, 0), Give(numbers));
        w.End();
    }

    // What is answered to numbers of before says nothing of those of now, and a batch that carries the old ones holds the bump.
    [Fact]
    public void Numbers_end_once_and_not_before_their_last_batch()
    {
        var (numbers, first, undecided, w) = Numbered();
        numbers.End(new(first, 0), isAbsent: false);
        undecided.Add(With(first, 3));
        Assert.False(numbers.IsReady());
        undecided.NextToSendAgain()!.Delivery.Outcome = default(BatchOutcome);
        var second = Give(numbers);
        numbers.End(new(first, 0), isAbsent: true);
        Assert.Equal((1, second), (second.Epoch, Give(numbers)));
        w.End();
    }

    private static int Around(int sequence, int away) => (int)((sequence + (long)away) & int.MaxValue);

    private static ProducerBatch With(ProducerIdentity identity, int sequence)
    {
        var batch = new ProducerBatch();
        batch.Delivery.Numbers = new BatchNumbers(identity, sequence);
        return batch;
    }

    /// <summary>One that may be on the log: Nobody = on that of a topic that was recreated since, or of the new one.</summary>
    private static ProducerBatch With(ProducerIdentity identity, int sequence, Voucher voucher)
    {
        var batch = With(identity, sequence);
        batch.Delivery.OnLog = OnLog.Maybe;
        batch.Delivery.Voucher = voucher;
        return batch;
    }

    private static (LaneNumbers Numbers, ProducerIdentity Identity, UndecidedBatches Undecided, Watching World) Numbered()
    {
        var w = new Watching();
        var events = new SendingEvents(w.Log, w.Metrics, w.World.Time, w.World.Tasks);
        using var batching = new BatchingWorld();
        var undecided = new UndecidedBatches();
        var numbers = new LaneNumbers(batching.NewChannel(batching.NewOwner()), w.Ids, events, undecided);
        Assert.False(numbers.IsReady());
        w.World.Run();
        return (numbers, Give(numbers), undecided, w);
    }

    private static ProducerIdentity Give(LaneNumbers numbers)
    {
        var batch = new ProducerBatch();
        Assert.True(numbers.TryGive(batch));
        return batch.Delivery.Numbers!.Value.Identity;
    }
}
