using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Properties.Concurrency;
using Rx.Kafka.Properties.Outcomes;

namespace Rx.Kafka.Properties.Batching;

/// <summary>Channels on real threads (L21, RA6, BP10, design 4.3 and 4.10): order, bytes and memory hold under contention, and nobody waits long for another's copy.</summary>
[Collection(Alone.Name)]
public sealed class PartitionChannelStressTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Records of all sizes, also those that are copied outside the gate, into more memory than there is: every thread's records are there, in its order, with their bytes.
    [Fact]
    [Law("L21")]
    public void Every_threads_records_keep_their_order_and_bytes()
    {
        const int Threads = 6;
        const int Records = 4000;
        using var world = new BatchingWorld(batchSize: 16384, memory: 400_000, scheduler: TaskScheduler.Default, time: TimeProvider.System);
        var owner = world.NewOwner();
        PartitionChannel[] channels = [world.NewChannel(owner, 0), world.NewChannel(owner, 1)];
        var sink = new HandSink();
        var waited = 0;
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            var random = new Random(t);
            for (var i = 0; i < Records; i++)
            {
                var record = Patterned(t, i, random.Next(20) == 0 ? random.Next(4000, 20_000) : random.Next(300));
                if (world.Offer(channels[i % 2], record, sink) is { } waiter)
                {
                    Interlocked.Increment(ref waited);
                    Assert.True(waiter.Placed.Wait(Patience));
                    Assert.Null(waiter.Refusal);
                }
            }
        })).ToArray();
        Array.ForEach(threads, static thread => thread.Start());
        var next = new int[2, Threads];
        var total = 0;
        var started = TimeProvider.System.GetTimestamp();
        while (total < Threads * Records)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"stuck after {total}");
            owner.CloseAll();
            total += channels.Sum(channel => CheckBatches(channel, next));
        }

        Array.ForEach(threads, static thread => Assert.True(thread.Join(Patience)));
        Assert.True(waited > 100, $"only {waited} had to wait");
        Assert.Equal(total, sink.Decisions);
        Assert.Equal(0, sink.Entered);

        // A line's drainer may still be giving back what was set aside.
        Assert.True(SpinWait.SpinUntil(() => world.Memory.Used == 0, Patience));
    }

    // L38: else a flush waits for Linger.
    [Fact]
    [Law("L38")]
    public void A_flush_closes_a_batch_that_is_opened_while_it_looks_for_open_ones()
    {
        using var world = new BatchingWorld(batchSize: 16384, memory: 1 << 24, scheduler: TaskScheduler.Default, time: TimeProvider.System);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        new Race
        {
            First = () => world.Append(channel, BatchingWorld.Numbered(1)),
            Second = () =>
            {
                _ = world.Flushes.Flush();
                owner.CloseAll();
            },
            Check = () =>
            {
                Assert.False(OpenBatch(channel) is { } open && world.Flushes.IsFlushing(open.Generation));
                owner.CloseAll();
                while (channel.Reader.TryRead(out var batch))
                {
                    BatchingWorld.Decide(batch);
                }
            },
        }.Run(TimeSpan.FromSeconds(3));
    }

    // R18: with copies under the spinning gate the worst of small records beside large ones waited 1.4 s. A copy is seen from outside as open.
    [Fact]
    public void A_small_record_is_placed_while_a_large_one_is_copied()
    {
        using var world = new BatchingWorld(batchSize: 1 << 30, memory: 1L << 30, scheduler: TaskScheduler.Default, time: TimeProvider.System);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        var large = Patterned(0, 0, 8 << 20);
        var small = BatchingWorld.Numbered(1, 100);
        world.Append(channel, small);
        var batch = OpenBatch(channel)!;
        var stop = 0;
        var copier = new Thread(() =>
        {
            for (var i = 0; i < 100 && Volatile.Read(ref stop) == 0; i++)
            {
                world.Append(channel, large);
            }
        });
        copier.Start();
        var isSeen = false;
        while (!isSeen && copier.IsAlive)
        {
            if (batch.OpenCopies > 0)
            {
                world.Append(channel, small);
                isSeen = batch.OpenCopies > 0;
            }
        }

        Volatile.Write(ref stop, 1);
        Assert.True(copier.Join(Patience));
        Assert.True(isSeen, "No small record came in between the begin and the end of a copy.");
        owner.CloseAll();
        while (channel.Reader.TryRead(out var closed))
        {
            BatchingWorld.Decide(closed);
        }

        Assert.Equal(0, world.Memory.Used);
    }

    // Design 4.10: 400 pool threads blocked in OnNext on a full channel. The drainer that ends them needs the pool too; no loop stalls, and all leave at MaxBlock.
    [Fact]
    public void Four_hundred_blocked_callers_all_leave_at_MaxBlock_and_stall_no_loop()
    {
        const int Callers = 400;

        // The pool has to make so many threads first; on a machine so busy that this alone takes long, everybody waits for it.
        var limit = TimeSpan.FromTicks(Math.Max(2 * TimeSpan.TicksPerSecond, 5 * TimeToStart(Callers).Ticks));
        var maxBlock = TimeSpan.FromSeconds(2);
        using var time = new PreciseTime();
        using var world = new BatchingWorld(batchSize: 1024, memory: 20_000, maxBlock, scheduler: TaskScheduler.Default, time: time);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        var sink = new HandSink();
        while (world.Append(channel, BatchingWorld.Numbered(0, 900), sink) == AppendResult.Placed)
        {
        }

        var stayed = new TimeSpan[Callers];
        var refusals = new ProduceError?[Callers];
        using var left = new CountdownEvent(Callers);
        using var stop = new CancellationTokenSource();
        var loop = Task.Run(async () =>
        {
            var worst = TimeSpan.Zero;
            while (!stop.IsCancellationRequested)
            {
                var start = time.GetTimestamp();
                await Task.Delay(TimeSpan.FromMilliseconds(10), time);
                await Task.Yield();
                var took = time.GetElapsedTime(start);
                worst = took > worst ? took : worst;
            }

            return worst;
        });
        for (var i = 0; i < Callers; i++)
        {
            var caller = i;
            ThreadPool.UnsafeQueueUserWorkItem(_ => Call(caller), state: null);
        }

        Assert.True(left.Wait(Patience), $"{left.CurrentCount} never left");
        stop.Cancel();

        Assert.InRange(loop.GetAwaiter().GetResult(), TimeSpan.Zero, limit);
        Assert.All(refusals, static refusal => Assert.Equal(ProduceErrorCode.BufferFull, refusal?.Code));
        Assert.All(stayed, t => Assert.InRange(t, maxBlock, maxBlock + limit));
        owner.CloseAll();
        BatchingWorld.DrainClosed(channel);
        Assert.True(SpinWait.SpinUntil(() => world.Memory.Used == 0 && sink.Entered == 0 && world.Flushes.Flush().IsCompleted, Patience));

        void Call(int caller)
        {
            var start = time.GetTimestamp();
            var waiter = world.Offer(channel, BatchingWorld.Numbered(caller, 900), sink)!;
            BlockingWait.Wait(waiter.Placed);
            stayed[caller] = time.GetElapsedTime(start);
            refusals[caller] = waiter.Refusal;
            left.Signal();
        }
    }

    private static TimeSpan TimeToStart(int threads)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var running = new CountdownEvent(threads);
        for (var i = 0; i < threads; i++)
        {
            new Thread(() => running.Signal()).Start();
        }

        Assert.True(running.Wait(Patience));
        return TimeProvider.System.GetElapsedTime(start);
    }

    private static Record Patterned(int thread, int number, int bytes)
    {
        var value = new byte[8 + bytes];
        BinaryPrimitives.WriteInt32LittleEndian(value, thread);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(4), number);
        value.AsSpan(8).Fill((byte)(thread + (number * 31)));
        return new Record("t", value);
    }

    private static int CheckBatches(PartitionChannel channel, int[,] next)
    {
        var count = 0;
        while (channel.Reader.TryRead(out var batch))
        {
            foreach (var record in BatchingWorld.Decode(batch).Records)
            {
                var thread = BinaryPrimitives.ReadInt32LittleEndian(record.Value);
                var number = BinaryPrimitives.ReadInt32LittleEndian(record.Value.AsSpan(4));
                Assert.Equal((2 * next[channel.Partition, thread]++) + channel.Partition, number);
                Assert.Equal(-1, record.Value.AsSpan(8).IndexOfAnyExcept((byte)(thread + (number * 31))));
                count++;
            }

            BatchingWorld.Decide(batch);
        }

        return count;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_open")]
    private static extern ref ProducerBatch? OpenBatch(PartitionChannel channel);
}
