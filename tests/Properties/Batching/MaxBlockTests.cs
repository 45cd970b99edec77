using Rx.Kafka.Batching;

namespace Rx.Kafka.Properties.Batching;

/// <summary>R73: for who blocks nobody, MaxBlock begins again with each record that leaves the line, also when it goes on in another line.</summary>
public sealed class MaxBlockTests
{
    [Fact]
    public void A_record_that_is_handed_over_keeps_the_time_it_had_left()
    {
        using var world = new BatchingWorld(maxBlock: TimeSpan.FromSeconds(1));
        var (topic, partition) = (new MaxBlock(null!, world.Context), new MaxBlock(null!, world.Context));
        var offer = new RecordOffer(BatchingWorld.Numbered(1));
        var waiting = new WaitingRecord(ref offer, joinedAt: 0, generation: 0);
        var (moved, now) = (Ticks(900), Ticks(1500));
        topic.Moved(moved);
        Assert.Equal(TimeSpan.FromMilliseconds(400), topic.TimeLeft(waiting, now));

        topic.HandsOver(waiting);

        Assert.Equal(TimeSpan.FromMilliseconds(400), partition.TimeLeft(waiting, now));

        long Ticks(int milliseconds) => milliseconds * world.Context.Time.TimestampFrequency / 1000;
    }
}
