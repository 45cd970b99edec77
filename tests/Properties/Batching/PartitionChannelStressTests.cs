using System.Buffers.Binary;
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

    // 16 threads copy 100 KB records into one partition while others append small ones: a copy under a spinning gate made the worst wait 1.4 s.
    [Fact]
    public void Small_records_do_not_wait_for_large_copies()
    {
        using var world = new BatchingWorld(batchSize: 1 << 20, memory: 256 << 20, scheduler: TaskScheduler.Default, time: TimeProvider.System);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        var stop = 0;
        var large = Patterned(0, 0, 100_000);
        var writers = Enumerable.Range(0, 16).Select(_ => new Thread(() =>
        {
            while (Volatile.Read(ref stop) == 0)
            {
                world.Append(channel, large);
            }
        })).ToArray();
        var broker = new Thread(() =>
        {
            while (Volatile.Read(ref stop) == 0)
            {
                while (channel.Reader.TryRead(out var batch))
                {
                    BatchingWorld.Decide(batch);
                }

                Thread.Yield();
            }
        });
        // How long a thread that waits for nobody goes without a processor meanwhile.
        var control = TimeSpan.Zero;
        var idler = new Thread(() =>
        {
            for (var last = TimeProvider.System.GetTimestamp(); Volatile.Read(ref stop) == 0;)
            {
                var now = TimeProvider.System.GetTimestamp();
                var gap = TimeProvider.System.GetElapsedTime(last, now);
                control = gap > control ? gap : control;
                last = now;
            }
        });
        Array.ForEach(writers, static thread => thread.Start());
        broker.Start();
        idler.Start();
        var worst = TimeSpan.Zero;
        var small = BatchingWorld.Numbered(1, 100);
        for (var i = 0; i < 20_000; i++)
        {
            var before = TimeProvider.System.GetTimestamp();
            world.Append(channel, small);
            var took = TimeProvider.System.GetElapsedTime(before);
            worst = took > worst ? took : worst;
        }

        Volatile.Write(ref stop, 1);
        Array.ForEach(writers, static thread => Assert.True(thread.Join(Patience)));
        Assert.True(broker.Join(Patience) && idler.Join(Patience));
        Assert.InRange(worst, TimeSpan.Zero, TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerSecond, 5 * control.Ticks)));
        owner.CloseAll();
        while (channel.Reader.TryRead(out var batch))
        {
            BatchingWorld.Decide(batch);
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
}
