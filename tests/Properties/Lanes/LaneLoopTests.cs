using Rx.Kafka.Lanes;

namespace Rx.Kafka.Properties.Lanes;

/// <summary>The lanes that wait in a loop: each stands there once, and one that moved away is nobody's business any more.</summary>
public sealed class LaneLoopTests
{
    [Fact]
    public void A_back_off_ends_at_its_time()
    {
        using var world = new LaneWorld();
        world.Lose(world.SendNew());
        var due = world.Loop.EndWaitsAt(world.Now);
        Assert.Equal(world.Lane.RetryAt, due);
        Assert.Equal(LaneWaits.BackOff, world.Lane.Waits);
        Assert.Equal(long.MaxValue, world.Loop.EndWaitsAt(due));
        Assert.Equal(LaneWaits.None, world.Lane.Waits);
    }

    [Fact]
    public void A_lane_waits_for_a_producer_id_once_and_is_listed_when_it_comes()
    {
        using var world = new LaneWorld();
        world.Write();
        world.Loop.TakeListed();
        world.Lane.Relist(LaneTake.Blocked, taken: null);
        world.Loop.Block(world.Lane);
        world.Loop.Block(world.Lane);
        Assert.Equal((0, LaneWaits.ProducerId), (world.Loop.Listed, world.Lane.Waits));
        world.Loop.ProducerIdObtained();
        Assert.Equal((1, LaneWaits.None), (world.Loop.Listed, world.Lane.Waits));
    }

    // The lane stands in the old loop's list; the new loop must be able to put it into its own.
    [Fact]
    public void A_lane_that_moved_away_waits_in_its_new_loop()
    {
        using var world = new LaneWorld();
        var other = world.NewLoop();
        world.Loop.Block(world.Lane);
        world.Reroute(other);
        other.Block(world.Lane);
        world.Loop.ProducerIdObtained();
        Assert.Equal(LaneWaits.ProducerId, world.Lane.Waits);
        other.ProducerIdObtained();
        Assert.Equal(LaneWaits.None, world.Lane.Waits);
    }

    [Fact]
    public void A_letter_follows_a_lane_that_moves()
    {
        using var world = new LaneWorld();
        var other = world.NewLoop();
        var read = 0;
        LaneLoop.Tell(world.Lane, _ => read++);
        world.Reroute(other);
        world.Loop.ReadLetters();
        Assert.Equal(0, read);
        other.ReadLetters();
        Assert.Equal(1, read);
    }
}
