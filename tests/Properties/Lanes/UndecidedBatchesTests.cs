using Rx.Kafka.Batching;
using Rx.Kafka.Lanes;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Properties.Batching;

namespace Rx.Kafka.Properties.Lanes;

/// <summary>A lane's drained batches: who is next, who may be told, what is said about which batch.</summary>
public sealed class UndecidedBatchesTests
{
    private static readonly ProducerIdentity Identity = new(1, 0);

    private static readonly BatchOutcome Success = new("t", 0, 0, new OutcomeRange(0, 5, null));

    private static readonly BatchOutcome Failure = new("t", 0, 0, new OutcomeRange(0, -1, new ProduceError(ProduceErrorCode.Broker, "no")));

    // Each state of a batch by a number, each list of up to six of them: what the list says is what its batches say.
    [Fact]
    public void The_list_says_what_its_batches_say() => Law.Check("undecided", Steps.Of(kinds: 6, most: 6, limit: 3), program =>
    {
        var undecided = new UndecidedBatches();
        var batches = program.Select(step => Batch(step)).ToList();
        batches.ForEach(undecided.Add);
        var waiting = batches.Where(static b => b.Delivery.Outcome is null && !b.Delivery.IsInFlight).ToList();
        Assert.Equal(waiting.Count > 0, undecided.HasWaiting());
        Assert.Equal(waiting.Skip(1).Any(), waiting.Count > 0 && undecided.HasWaiting(waiting[0]));
        Assert.Equal(waiting.Find(static b => b.Delivery.OnLog != OnLog.AskLater), undecided.NextToSendAgain());
        Assert.Equal(batches.Exists(static b => b.Delivery.OnLog != OnLog.No), undecided.HasUnclear);
        for (var i = 0; i < batches.Count; i++)
        {
            Assert.Equal(batches[(i + 1)..], undecided.After(batches[i]).ToArray());
            var (earlier, later, identity) = (batches[..i], batches[(i + 1)..], batches[i].Delivery.Numbers?.Identity);
            Assert.Equal(
                earlier.Exists(static b => b.Delivery.Outcome is null && b.Delivery.OnLog != OnLog.AskLater),
                undecided.HasEarlier(batches[i]));
            Assert.Equal(
                later.Exists(b => b.Delivery.Numbers?.Identity == identity && b.Delivery.Outcome is { } told && told.ErrorOf(0) is null),
                undecided.HasSuccessAfter(batches[i]));
        }

        var published = new List<ProducerBatch>();
        while (undecided.TryTakeDecided(out var batch, out _))
        {
            published.Add(batch);
        }

        Assert.Equal(batches.TakeWhile(static b => b.Delivery.Outcome is not null), published);
    });

    // Sequence numbers wrap around within the batch: its parts have them all the same.
    [Fact]
    public void Parts_stand_in_the_place_of_their_batch_with_its_numbers()
    {
        using var world = new BatchingWorld();
        var channel = world.NewChannel(world.NewOwner());
        for (var i = 0; i < 5; i++)
        {
            world.Append(channel, BatchingWorld.Numbered(i, 100));
        }

        channel.CloseOpen(channel.Owner.Timeline.OldestOpen(), mayGrow: false);
        var undecided = new UndecidedBatches();
        ProducerBatch[] batches = [new(), BatchingWorld.Take(channel), new()];
        Array.ForEach(batches, undecided.Add);
        batches[1].Delivery = new BatchDelivery { Numbers = new BatchNumbers(Identity, int.MaxValue - 2), OnLog = OnLog.Maybe, Voucher = Voucher.SuccessAfter45 };
        var first = undecided.Split(batches[1], 300);
        var parts = undecided.PartsOf(batches[1]);
        Assert.Equal(first, parts[0]);
        Assert.Equal([(2, int.MaxValue - 2), (2, int.MaxValue), (1, 1)], parts.Select(static part => (part.Count, part.Delivery.Numbers!.Value.BaseSequence)));
        Assert.All(parts, static part => Assert.Equal((Identity, OnLog.Maybe, Voucher.SuccessAfter45), (part.Delivery.Numbers!.Value.Identity, part.Delivery.OnLog, part.Delivery.Voucher)));
        Assert.Equal([.. parts[1..], batches[2]], undecided.After(first).ToArray());
        Assert.Equal([batches[2]], undecided.PartsOf(batches[2]));
        Assert.Equal(batches, undecided.Wholes());
        BatchingWorld.Decide(batches[1]);
    }

    // The batch they come from is not there then. It may be on the log of a topic that was made anew, so not where nobody vouches.
    [Theory]
    [InlineData((int)Voucher.AnySuccess, 0, false)]
    [InlineData((int)Voucher.AnySuccess, 1, true)]
    [InlineData((int)Voucher.SuccessAfter45, 0, true)]
    [InlineData((int)Voucher.Nobody, 0, true)]
    public void A_part_on_the_log_proves_those_absent_that_were_never_sent(int voucher, int attempts, bool isUnclear)
    {
        var whole = new ProducerBatch();
        ProducerBatch[] batches = [ProducerBatch.PartOf(whole, 0), ProducerBatch.PartOf(whole, 1), new()];
        var undecided = new UndecidedBatches();
        foreach (var batch in batches)
        {
            batch.Delivery = new BatchDelivery { Numbers = new BatchNumbers(Identity, 0), OnLog = OnLog.Maybe, Voucher = (Voucher)voucher };
            undecided.Add(batch);
        }

        batches[1].Delivery.Attempts = attempts;
        undecided.PartIsThere(batches[0]);
        Assert.Equal(isUnclear, batches[1].Delivery.IsUnclear);
        Assert.True(batches[2].Delivery.IsUnclear);
    }

    private static ProducerBatch Batch(Step step)
    {
        var batch = new ProducerBatch();
        batch.Delivery = new BatchDelivery
        {
            Numbers = step.A == 0 ? null : new BatchNumbers(Identity with { Epoch = (short)step.A }, 0),
            OnLog = step.Kind == 4 ? OnLog.AskLater : (OnLog)(step.B % 2),
            IsInFlight = step.Kind is 1 or 3,
            Outcome = step.Kind is 2 or 3 ? Success : step.Kind == 5 ? Failure : null,
        };
        return batch;
    }
}
