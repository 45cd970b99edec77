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
        const int Bursts = 400;
        using var world = new BatchingWorld(scheduler: TaskScheduler.Default, time: TimeProvider.System, memory: 64 << 20);
        var channel = world.NewChannel(world.NewOwner());
        var line = new WaitingRecords(new Place(channel), world.Context);
        var purged = new ProduceError(ProduceErrorCode.Aborted, "purged");
        await RealThreads.RunAsync(Threads, thread =>
        {
            var random = new Random(thread);
            for (var burst = 0; burst < Bursts; burst++)
            {
                // Many join while the drainer is at work: it meets each as it comes.
                var joined = Enumerable.Range(0, 50).Select(_ => Join(random)).ToList();
                if (random.Next(2) == 0)
                {
                    line.End(purged);
                    channel.Waiting.End(purged);
                }

                foreach (var (waiting, completion, triedToWithdraw, isWithdrawn) in joined)
                {
                    Assert.True(((IAsyncResult)waiting.Placed).AsyncWaitHandle.WaitOne(Patience), $"a record of burst {burst} of thread {thread} never ended");
                    Assert.True(!isWithdrawn || waiting.Placed.IsCanceled);
                    Assert.True(triedToWithdraw || !waiting.Placed.IsCanceled);
                    Assert.Equal(waiting.Refusal is null ? 0 : 1, completion.Answers);
                }
            }
        });

        // A drainer tells a record's end just before it takes the record off the line.
        RealThreads.SpinUntil(() => line.IsEmpty && channel.Waiting.IsEmpty, "A record stands in line that has ended.");

        (WaitingRecord Waiting, HandCompletion Completion, bool TriedToWithdraw, bool IsWithdrawn) Join(Random random)
        {
            var completion = new HandCompletion();
            var waiting = world.NewWaiter(BatchingWorld.Numbered(0), sink: null, completion);
            Assert.True(line.TryJoin(waiting, out _));
            line.QueueDrainer();
            var tries = random.Next(4) == 0;
            return (waiting, completion, tries, tries && WaitingRecords.TryWithdraw(waiting));
        }
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
