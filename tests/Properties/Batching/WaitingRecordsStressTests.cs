using Rx.Kafka.Batching;
using Rx.Kafka.Properties.Outcomes;

namespace Rx.Kafka.Properties.Batching;

/// <summary>A line on real threads: callers join, withdraw and are purged while the drainer places, and records change from one line to another (L13, L18, L22, L38).</summary>
[Collection(Alone.Name)]
public sealed class WaitingRecordsStressTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    [Law("L22", "L38")]
    public async Task Every_record_that_joins_a_line_ends_once()
    {
        const int Threads = 4;
        const int Records = 20_000;
        using var world = new BatchingWorld(scheduler: TaskScheduler.Default, time: TimeProvider.System, memory: 64 << 20);
        var channel = world.NewChannel(world.NewOwner());
        var line = new WaitingRecords(new Place(channel), world.Context);
        var purged = new ProduceError(ProduceErrorCode.Aborted, "purged");
        await RealThreads.RunAsync(Threads, thread =>
        {
            var random = new Random(thread);
            for (var i = 0; i < Records; i++)
            {
                var completion = new HandCompletion();
                var waiting = world.NewWaiter(BatchingWorld.Numbered(i), sink: null, completion);
                Assert.True(line.TryJoin(waiting, out _));
                line.QueueDrainer();
                var triesToWithdraw = random.Next(4) == 0;
                var isWithdrawn = triesToWithdraw && WaitingRecords.TryWithdraw(waiting);
                if (random.Next(50) == 0)
                {
                    line.End(purged);
                    channel.Waiting.End(purged);
                }

                Assert.True(((IAsyncResult)waiting.Placed).AsyncWaitHandle.WaitOne(Patience), $"record {i} of thread {thread} never ended");
                Assert.True(!isWithdrawn || waiting.Placed.IsCanceled);
                Assert.True(triesToWithdraw || !waiting.Placed.IsCanceled);
                Assert.Equal(waiting.Refusal is null ? 0 : 1, completion.Answers);
            }
        });
        Assert.True(line.IsEmpty && channel.Waiting.IsEmpty);
    }

    /// <summary>Places most records, and hands some over to a partition's line, as a topic does.</summary>
    private sealed class Place(PartitionChannel channel) : IWaitingPlace
    {
        private int _asked;

        public ProduceError? BeginDraining() => null;

        public AppendResult TryPlace(ref RecordOffer offer)
        {
            if (++_asked % 3 == 0)
            {
                offer.MustWaitIn = channel;
                return AppendResult.MustWait;
            }

            var result = channel.Append(ref offer, mayOpen: true);
            offer.MustWaitIn = result == AppendResult.MustWait ? channel : null;
            return result;
        }

        public ProduceError TimedOut() => new(ProduceErrorCode.BufferFull, "late");

        public string WhatFor() => "for room";

        public void Drained()
        {
        }
    }
}
