using Rx.Kafka.Batching;
using Rx.Kafka.Lanes;

namespace Rx.Kafka.Properties.Lanes;

/// <summary>A lane alone: what it sends when, under which numbers, and what it tells (design 4.6; L21, L22, I16).</summary>
public sealed class PartitionLaneTests
{
    private static readonly short[] Codes = [0, 0, 0, 46, 45, 45, 59, 47, 10, 7, 3, 29, 87];

    private static readonly ProduceError Purged = new(ProduceErrorCode.Closed, "Purged.");

    [Fact]
    public void A_second_batch_goes_out_only_after_a_success_on_this_connection()
    {
        using var world = new LaneWorld();
        var first = world.SendNew();
        world.Write();
        Assert.Equal(LaneTake.Blocked, world.TryTake(out _));
        world.Answer(first, 0, offset: 7);
        Assert.Equal(7, world.Told[0].Metadata!.Value.Offset);
        var second = world.Send();
        Assert.False(second.Delivery.SentBesideOthers);
        Assert.True(world.SendNew().Delivery.SentBesideOthers);
        world.Write();
        world.Connection = world.NewConnection();
        Assert.Equal(LaneTake.Blocked, world.TryTake(out _));
    }

    [Fact]
    public void Numbers_follow_each_other_and_a_retry_keeps_them()
    {
        using var world = new LaneWorld();
        world.Prove();
        var first = world.SendNew(records: 3);
        var second = world.SendNew(records: 2);
        Assert.Equal((1, 4), (first.Delivery.Numbers!.Value.BaseSequence, second.Delivery.Numbers!.Value.BaseSequence));
        var numbers = first.Delivery.Numbers;
        world.Answer(first, 7);
        Assert.Equal(OnLog.Maybe, first.Delivery.OnLog);

        // Nothing goes out beside what is still in flight, and nothing before the back-off is over.
        Assert.Equal(LaneTake.Blocked, world.TryTake(out _));
        world.Answer(second, 45);
        Assert.Equal(LaneTake.Blocked, world.TryTake(out _));
        world.Advance(TimeSpan.FromSeconds(2));
        Assert.True(world.Loop.EndWaitsAt(world.Now) == long.MaxValue);
        Assert.Same(first, world.Send());
        Assert.Equal((numbers, 2), (first.Delivery.Numbers, first.Delivery.Attempts));
    }

    [Fact]
    public void Outcomes_are_told_in_the_order_of_the_records()
    {
        using var world = new LaneWorld();
        world.Prove();
        var first = world.SendNew();
        var second = world.SendNew();
        world.Answer(second, 0, offset: 2);
        Assert.Equal([1, 0, 0], world.Told.Select(static told => told.Answers));
        world.Answer(first, 0, offset: 1);
        Assert.Equal([1, 1, 1], world.Told.Select(static told => told.Answers));
    }

    // Rows 7 and 6: the broker refuses what it may have. A later success of the same numbers tells; without one nobody can.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_may_be_on_the_log_and_is_refused_as_out_of_order_is_asked_for_later(bool laterSucceeds)
    {
        using var world = new LaneWorld();
        world.Prove();
        var first = world.SendNew();
        var second = world.SendNew();
        world.Lose(first);
        world.Lose(second);
        world.Advance(TimeSpan.FromSeconds(2));
        world.Answer(world.Send(), 45);
        Assert.True(first.Delivery.IsQuestion);
        Assert.Same(second, world.Send());
        world.Answer(second, laterSucceeds ? (short)46 : (short)45);
        Assert.Equal([1, 1, 1], world.Told.Select(static told => told.Answers));
        Assert.All(world.Told.Skip(1), told => Assert.Equal(laterSucceeds ? null : Persistence.PossiblyPersisted, told.Error?.Persistence));
    }

    [Fact]
    public void A_recreated_topic_lets_nobody_vouch_for_what_the_old_log_may_have()
    {
        using var world = new LaneWorld();
        world.Reroute(world.Loop, Guid.NewGuid());
        world.Prove();
        var first = world.SendNew();
        var second = world.SendNew();
        world.Lose(first);
        world.Lose(second);
        world.Reroute(world.Loop, Guid.NewGuid());
        Assert.Equal((Voucher.Nobody, Voucher.Nobody), (first.Delivery.Voucher, second.Delivery.Voucher));
        world.Advance(TimeSpan.FromSeconds(2));
        world.Answer(world.Send(), 45);
        world.Answer(world.Send(), 0, offset: 0);
        Assert.Equal(Persistence.PossiblyPersisted, world.Told[1].Error!.Persistence);
        Assert.Null(world.Told[2].Error);
    }

    // An absent batch leaves a gap: what was sent after it is absent too, and all goes on under the next epoch.
    [Fact]
    public void What_follows_a_refused_batch_gets_new_numbers()
    {
        using var world = new LaneWorld();
        world.Prove();
        var first = world.SendNew();
        var second = world.SendNew();
        var epoch = second.Delivery.Numbers!.Value.Identity.Epoch;
        world.Answer(first, 29);
        var error = world.Told[1].Error!;
        Assert.Equal((ProduceErrorCode.Authorization, Persistence.NotPersisted), (error.Code, error.Persistence));
        world.Lose(second);
        Assert.Null(second.Delivery.Numbers);
        world.Advance(TimeSpan.FromSeconds(2));
        Assert.Same(second, world.Send());
        Assert.Equal((epoch + 1, 0), (second.Delivery.Numbers!.Value.Identity.Epoch, second.Delivery.Numbers!.Value.BaseSequence));
    }

    [Fact]
    public void A_batch_that_is_given_up_in_flight_is_told_at_once_and_its_request_settles_the_numbers()
    {
        using var world = new LaneWorld();
        world.Prove();
        var batch = world.SendNew();
        Assert.True(world.Lane.GiveUp(batch, Purged));
        Assert.Equal(Persistence.PossiblyPersisted, world.Told[1].Error!.Persistence);
        world.Write();
        Assert.Equal(LaneTake.Blocked, world.TryTake(out _));
        world.Answer(batch, 29);
        Assert.Equal(1, world.Send().Delivery.Numbers!.Value.Identity.Epoch);
    }

    [Fact]
    public void Halves_share_the_numbers_and_go_one_at_a_time()
    {
        using var world = new LaneWorld();
        world.Prove();
        var whole = world.SendNew(records: 4);
        world.Answer(whole, 10);
        var first = world.Send();
        Assert.Equal((whole, 1, 0), (first.SplitFrom, first.Delivery.Numbers!.Value.BaseSequence, first.FirstIndex));
        Assert.Equal(LaneTake.Blocked, world.TryTake(out _));
        world.Answer(first, 0, offset: 1);
        Assert.Equal(0, world.Told[1].Answers);
        var second = world.Send();
        Assert.Equal(1 + first.Count, second.Delivery.Numbers!.Value.BaseSequence);
        world.Answer(second, 0, offset: 1 + first.Count);
        Assert.Equal([0, 1, 2, 3, 4], world.Told.Select(static told => told.Metadata!.Value.Offset));
    }

    [Fact]
    public void A_lane_moves_when_nothing_is_in_flight_and_not_before()
    {
        using var world = new LaneWorld();
        var other = world.NewLoop();
        var batch = world.SendNew();
        world.Reroute(other);
        Assert.True(world.Lane.IsMoving && world.Loop.AnyMoving);
        Assert.Same(world.Loop, world.Channel.Owner);
        world.Lose(batch);
        Assert.Same(other, world.Channel.Owner);
        Assert.Equal((0, false, LaneWaits.None), (world.Lane.RetryAt, world.Lane.IsMoving, world.Lane.Waits));
        other.ReadLetters();
        world.Loop.EndWaitsAt(world.Now);
        Assert.Equal((1, false), (other.Arrivals, world.Loop.AnyMoving));
    }

    // Named again before it could go: it stays.
    [Fact]
    public void A_lane_whose_leader_comes_back_stays()
    {
        using var world = new LaneWorld();
        var batch = world.SendNew();
        world.Reroute(world.NewLoop());
        world.Lane.Route = new LaneRoute(world.Loop, Guid.Empty);
        world.Answer(batch, 0, offset: 0);
        Assert.Same(world.Loop, world.Channel.Owner);
        Assert.False(world.Lane.IsMoving);
    }

    [Fact]
    public void In_another_cluster_what_may_be_on_the_old_log_fails_and_the_rest_begins_again()
    {
        using var world = new LaneWorld();
        world.Prove();
        var first = world.SendNew();
        var second = world.SendNew();
        world.Lose(first);
        world.Lane.ClusterReplaced();
        Assert.Equal(LaneTake.Blocked, world.TryTake(out _));
        world.Answer(second, 2);
        Assert.Equal(Persistence.PossiblyPersisted, world.Told[1].Error!.Persistence);
        Assert.Equal((OnLog.No, 0), (second.Delivery.OnLog, world.Told[2].Answers));
        Assert.Null(second.Delivery.Numbers);
    }

    [Fact]
    public void Without_retries_a_lost_batch_fails()
    {
        using var world = new LaneWorld(isIdempotent: false, retries: 0);
        world.Lose(world.SendNew());
        Assert.Equal(Persistence.PossiblyPersisted, world.Told[0].Error!.Persistence);
        Assert.EndsWith("No retries are left (Retries = 0).", world.Told[0].Error!.Message, StringComparison.Ordinal);
    }

    // Whatever is answered: each record is told once, in order, and no batch goes out under numbers that another one still has.
    [Fact]
    public void Whatever_is_answered_each_record_is_told_once_and_in_order() => Law.Check("lane", Steps.Of(kinds: 9, most: 60), program =>
    {
        using var world = new LaneWorld();
        var inFlight = new List<ProducerBatch>();
        foreach (var step in program)
        {
            Take(world, step, inFlight);
            Assert.Equal(world.Told.Select(static told => told.Answers).OrderDescending(), world.Told.Select(static told => told.Answers));
            Assert.All(world.Told, static told => Assert.InRange(told.Answers, 0, 1));
            var undecided = inFlight.Where(static batch => batch.Delivery.Outcome is null);
            var sequences = undecided.Select(static batch => batch.Delivery.Numbers).ToList();
            Assert.Equal(sequences.Distinct(), sequences);
        }

        inFlight.ForEach(batch => world.Lose(batch));
        while (world.Loop.Timeline.OldestUndecided() is { } left)
        {
            Assert.True(world.Lane.GiveUp(left, Purged));
        }

        Assert.All(world.Told, static told => Assert.Equal(1, told.Answers));
        Assert.Equal(0, world.Context.Batching.Memory.Used);
    });

    private static void Take(LaneWorld world, Step step, List<ProducerBatch> inFlight)
    {
        switch (step.Kind)
        {
            case 0:
                world.Write(1 + (step.A % 4));
                break;
            case 1 or 2 or 3:
                if (world.TryTake(out var taken) == LaneTake.Batch)
                {
                    Assert.DoesNotContain(taken!, inFlight);
                    world.Lane.Sent(taken!, world.Loop);
                    inFlight.Add(taken!);
                }

                break;
            case 4 or 5 when inFlight.Count > 0:
                var answered = inFlight[step.A % inFlight.Count];
                inFlight.Remove(answered);
                world.Answer(answered, Codes[step.B % Codes.Length]);
                break;
            case 6 when step.A % 3 == 0:
                inFlight.ForEach(batch => world.Lose(batch));
                inFlight.Clear();
                world.Connection = world.NewConnection();
                break;
            case 7 when world.Loop.Timeline.OldestUndecided() is { } oldest && step.A % 4 == 0:
                Assert.True(world.Lane.GiveUp(oldest, Purged));
                break;
            case 8 when step.A % 5 == 0:
                world.Reroute(world.Loop, Guid.NewGuid());
                break;
            default:
                world.Advance(TimeSpan.FromMilliseconds(step.A));
                break;
        }
    }
}
