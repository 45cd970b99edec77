using System.Collections.Concurrent;
using Rx.Kafka.Batching;
using Rx.Kafka.Properties.Batching;
using Rx.Kafka.Properties.Concurrency;
using Rx.Kafka.Sinks;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>Awaits on real threads: cancellation, acceptance, outcome and reuse of the pooled objects all at once.</summary>
[Collection(Alone.Name)]
public sealed class SendCompletionStressTests
{
    private const int Callers = 8;
    private const int Sends = 1500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Each_await_ends_with_its_own_record()
    {
        using var world = new BatchingWorld(batchSize: 2048, memory: 60_000, scheduler: TaskScheduler.Default, time: TimeProvider.System);
        var owner = world.NewOwner();
        var channel = world.NewChannel(owner);
        var pool = new SendCompletionPool(new HandAdmission(world, channel));
        var log = new ConcurrentDictionary<int, long>();
        var cancelled = 0;
        using var stop = new CancellationTokenSource();
        var broker = new Thread(() => Answer(owner, channel, log, stop.Token));
        broker.Start();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => SendAllAsync(caller)))).WaitAsync(Patience);
        await world.Flushes.Flush().WaitAsync(Patience);

        stop.Cancel();
        Assert.True(broker.Join(Patience));
        Assert.True(cancelled > 100, $"only {cancelled} were cancelled");

        // A line's drainer may still be giving back what was set aside.
        RealThreads.SpinUntil(() => world.Memory.Used == 0, "Not all memory was given back.");

        async Task SendAllAsync(int caller)
        {
            var random = new Random(caller);
            for (var i = 0; i < Sends; i++)
            {
                var number = (caller * Sends) + i;
                using var cancel = new CancellationTokenSource();
                var token = random.Next(3) == 0 ? CancellationToken.None : cancel.Token;
                var send = pool.Rent().SendAsync(BatchingWorld.Numbered(number, random.Next(1000)), token);
                var canceller = token.CanBeCanceled ? Task.Run(() => CancelSoon(cancel, random.Next(3000))) : Task.CompletedTask;
                try
                {
                    var metadata = await send;
                    Assert.Equal(log[number], metadata.Offset);
                }
                catch (OperationCanceledException e)
                {
                    Assert.Equal(token, e.CancellationToken);
                    Interlocked.Increment(ref cancelled);
                }

                await canceller;
                if (i % 10 == 0)
                {
                    await Assert.ThrowsAsync<InvalidOperationException>(async () => await send);
                }
            }
        }
    }

    private static void CancelSoon(CancellationTokenSource cancel, int spins)
    {
        Thread.SpinWait(spins);
        cancel.Cancel();
    }

    private static void Answer(HandOwner owner, PartitionChannel channel, ConcurrentDictionary<int, long> log, CancellationToken stop)
    {
        var offset = 0L;
        var spin = default(SpinWait);
        while (!stop.IsCancellationRequested)
        {
            owner.CloseAll();
            var any = false;
            while (channel.Reader.TryRead(out var batch))
            {
                any = true;
                var numbers = BatchingWorld.NumbersIn(batch);
                for (var i = 0; i < numbers.Length; i++)
                {
                    Assert.True(log.TryAdd(numbers[i], offset + i));
                }

                BatchingWorld.Decide(batch, offset);
                offset += numbers.Length;
            }

            if (any)
            {
                spin.Reset();
            }
            else
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
        }
    }
}
