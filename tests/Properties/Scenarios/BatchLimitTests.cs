using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>BatchSize above the topic's max.message.bytes: the partition learns what is taken.</summary>
public sealed class BatchLimitTests
{
    private const int Records = 20_000;

    // All batches are closed before the first answer, or most are opened after it.
    [Theory]
    [InlineData(true, 64 << 20)]
    [InlineData(false, 64 << 20)]
    [InlineData(true, 1 << 20)]
    public void A_BatchSize_that_is_too_large_costs_little(bool idempotent, int memory)
    {
        var fitting = Send(900, idempotent, memory);
        var tooLarge = Send(64 * 1024, idempotent, memory);
        Assert.Equal(0, fitting.Refused);
        Assert.InRange(tooLarge.Refused, 1, 60);
        Assert.True(tooLarge.Time <= 1.5 * fitting.Time, $"{tooLarge.Time.TotalMilliseconds} ms instead of {fitting.Time.TotalMilliseconds}");
        Assert.InRange(tooLarge.Lines, 1, 1 + (int)tooLarge.Time.TotalSeconds);
    }

    private static (TimeSpan Time, long Refused, int Lines) Send(int batchSize, bool idempotent, int memory)
    {
        var (time, refused, log) = (TimeSpan.Zero, 0L, new EventLog());
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t", new TopicOptions { MaxMessageBytes = 1000 });
                await world.Producer.GetPartitionsAsync("t");
                var started = world.Now;
                var sending = Enumerable.Range(0, Records).Select(i => world.Producer.SendAsync(new Record("t", $"{i} ".PadRight(50))).AsTask()).ToArray();
                await Task.WhenAll(sending);
                (time, refused) = (world.Now - started, world.Kafka.Counters.Refused);
                var values = world.Log().Select(static value => int.Parse(value!));
                Assert.Equal(Enumerable.Range(0, Records), idempotent ? values : values.Order());
            },
            new Setup { LatencyMs = 1, BatchSize = batchSize, BufferMemory = memory, Idempotent = idempotent },
            logs: log);
        return (time, refused, log.Events.Count(static e => e.Id == 315));
    }
}
