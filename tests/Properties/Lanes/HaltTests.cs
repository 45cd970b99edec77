using Rx.Kafka.Lanes;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Properties.Outcomes;

namespace Rx.Kafka.Properties.Lanes;

/// <summary>What a failure means for later batches of a sink that halts: queued ones are omitted, those in flight are told as they are (L28).</summary>
public sealed class HaltTests
{
    private readonly HandSink _halting = new(SinkInterest.Facts, halts: true);
    private readonly HandSink _other = new(SinkInterest.Facts);

    // In flight beside it: on the log, absent because of the gap, refused without proof of absence, or lost.
    [Theory]
    [Law("L28")]
    [InlineData(0, null)]
    [InlineData(45, Persistence.NotPersisted)]
    [InlineData(6, Persistence.PossiblyPersisted)]
    [InlineData(-2, Persistence.PossiblyPersisted)]
    public void What_is_in_flight_is_told_as_it_is_and_not_sent_again(short answer, Persistence? persistence)
    {
        using var world = new LaneWorld();
        world.Prove();
        world.Write(_halting);
        var first = world.Send();
        world.Write(_halting);
        var second = world.Send();
        world.Write(_halting);
        world.Answer(first, 87);
        Assert.Equal([ProduceErrorCode.Broker], _halting.Facts.Select(static fact => fact.Error!.Code));
        if (answer == -2)
        {
            world.Lose(second);
        }
        else
        {
            world.Answer(second, answer, answer == 0 ? 7 : -1);
        }

        Assert.Equal([ProduceErrorCode.Broker, persistence is null ? null : ProduceErrorCode.Omitted, ProduceErrorCode.Omitted], _halting.Facts.Select(static fact => fact.Error?.Code));
        Assert.Equal([Persistence.NotPersisted, persistence, Persistence.NotPersisted], _halting.Facts.Select(static fact => fact.Error?.Persistence));
        world.Advance(TimeSpan.FromSeconds(2));
        Assert.NotEqual(LaneTake.Batch, world.TryTake(out _));

        // Later records of the sink are omitted when their turn comes, and those of others go on.
        world.Write(_halting);
        world.Write(_other);
        world.Answer(world.Send(), 0, offset: 8);
        Assert.Equal(ProduceErrorCode.Omitted, _halting.Facts[3].Error!.Code);
        Assert.Equal(8, Assert.Single(_other.Facts).Offset);
        Assert.Equal((0, 0), (_halting.Entered, _other.Entered));
    }

    // What came before the failure is not behind it.
    [Fact]
    [Law("L28")]
    public void What_came_before_is_sent_again()
    {
        using var world = new LaneWorld();
        world.Prove();
        world.Write(_halting);
        var first = world.Send();
        world.Write(_halting);
        var second = world.Send();
        world.Answer(second, 87);
        world.Lose(first);
        world.Advance(TimeSpan.FromSeconds(2));
        Assert.Same(first, world.Send());
        world.Answer(first, 0, offset: 1);
        Assert.Equal([null, ProduceErrorCode.Broker], _halting.Facts.Select(static fact => fact.Error?.Code));
    }
}
