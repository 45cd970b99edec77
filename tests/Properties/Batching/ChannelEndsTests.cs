using System.Runtime.CompilerServices;
using Rx.Kafka.Batching;
using Rx.Kafka.Memory;
using Rx.Kafka.Properties.Concurrency;

namespace Rx.Kafka.Properties.Batching;

/// <summary>The two ends of the channel, as System.Threading.Channels knows them: records in, closed batches out.</summary>
[Collection(Alone.Name)]
public sealed class ChannelEndsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // As anybody would use a channel: the writer waits for room, the reader for batches, the end of the channel ends both.
    [Fact]
    public async Task What_is_written_at_one_end_is_read_at_the_other()
    {
        const int Count = 5000;
        using var world = new BatchingWorld(batchSize: 512, memory: 20_000, scheduler: TaskScheduler.Default, time: TimeProvider.System);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        var read = new List<int>();
        var reading = Task.Run(async () =>
        {
            while (await channel.Reader.WaitToReadAsync())
            {
                while (channel.Reader.TryRead(out var batch))
                {
                    read.AddRange(BatchingWorld.NumbersIn(batch));
                    BatchingWorld.Decide(batch);
                }
            }
        });
        for (var i = 0; i < Count; i++)
        {
            await channel.Writer.WriteAsync(BatchingWorld.Numbered(i, i % 97)).AsTask().WaitAsync(Patience);
        }

        channel.CloseForever(new ProduceError(ProduceErrorCode.Closed, "closed"));
        await reading.WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, Count), read);
        Assert.Equal(0, world.Memory.Used);
        Assert.False(channel.Writer.TryWrite(BatchingWorld.Numbered(1)));
        Assert.False(await channel.Writer.WaitToWriteAsync().AsTask().WaitAsync(Patience));
        Assert.False(await channel.Reader.WaitToReadAsync().AsTask().WaitAsync(Patience));
    }

    // Whoever tries again and again leaves one call behind, not one for each try.
    [Fact]
    public void A_writer_that_tries_often_piles_up_nothing()
    {
        using var world = new BatchingWorld(batchSize: 512, memory: 20_000);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        while (channel.Writer.TryWrite(BatchingWorld.Numbered(1, 400)))
        {
        }

        for (var i = 0; i < 1000; i++)
        {
            Assert.False(channel.Writer.TryWrite(BatchingWorld.Numbered(1, 400)));
        }

        Assert.InRange(Freed(world.Memory).Count, 1, 1);
        var room = channel.Writer.WaitToWriteAsync();
        Assert.False(room.IsCompleted);
        owner.CloseAll();
        BatchingWorld.DrainClosed(channel);
        world.Pumped.RunUntilIdle();
        Assert.True(room.AsTask().Wait(Patience));
        Assert.True(channel.Writer.TryWrite(BatchingWorld.Numbered(1, 400)));
    }

    // A batch into which a caller still copies cannot be withdrawn; whoever was told so is woken when the copy ends, also where the lane is listed already.
    [Fact]
    public void The_end_of_a_copy_wakes_the_owner()
    {
        using var world = new BatchingWorld(batchSize: 512, memory: 1L << 30, scheduler: TaskScheduler.Default, time: TimeProvider.System);
        var owner = world.NewOwner();
        var large = new Record("t", new byte[64 << 20]);

        // So that none of the others is the oldest: that would wake the owner too.
        var oldest = world.NewChannel(owner, 99);
        world.Append(oldest, BatchingWorld.Numbered(0));
        for (var round = 0; round < 5; round++)
        {
            var channel = world.NewChannel(owner, round);
            world.Append(channel, BatchingWorld.Numbered(1, 600));
            Assert.True(owner.TryPeekListed(out _));
            BatchingWorld.DrainClosed(channel);

            // Listed, though nothing is there any more: the owner has not looked.
            var appending = new Thread(() => world.Append(channel, large));
            appending.Start();
            ProducerBatch? batch = null;
            Assert.True(SpinWait.SpinUntil(() => (batch = owner.Timeline.Undecided().ElementAtOrDefault(1)) is not null, Patience));
            var wakes = owner.Wakes;
            var isCopying = !channel.TryWithdraw(batch!);
            Assert.True(appending.Join(Patience));
            if (isCopying)
            {
                Assert.True(owner.Wakes > wakes, "nobody told the owner that the copy has ended");
                Assert.True(channel.TryWithdraw(batch!));
            }

            BatchingWorld.Decide(batch!);
            owner.TakeListed();
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_freed")]
    private static extern ref List<Action> Freed(BufferPool pool);
}
