using Rx.Kafka.Concurrency;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Properties.Concurrency;

namespace Rx.Kafka.Properties.Outcomes;

/// <summary>SharedCompletions on real threads: registration, outcome, consumption and stale awaits all at once.</summary>
[Collection(Alone.Name)]
public sealed class SharedCompletionStressTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_await_ends_once_with_its_own_record_and_no_stale_one_ends_well()
    {
        var pool = new SharedCompletionPool(new ContinuationQueue(TaskScheduler.Default), bufferMemory: 1 << 20);
        var stale = new List<(SharedCompletion SharedCompletion, short Token)>();
        var random = new Random(17);
        for (var round = 0; round < 1500; round++)
        {
            var shared = pool.Rent();
            var count = 1 + random.Next(32);
            var tokens = Enumerable.Range(0, count).Select(i => shared.Add(i, i)).ToArray();
            var tries = stale.Count == 0 ? [] : Enumerable.Range(0, 4).Select(_ => stale[random.Next(stale.Count)]).ToArray();
            var baseOffset = round * 100L;
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

            // Two runners, so that some awaits register while the outcome is published, some before and some after.
            var runners = tokens.Chunk(Math.Max(1, (count + 1) / 2)).Select(part => Task.Run(() => AwaitAll(shared, part, baseOffset, start.Task))).ToArray();
            var stales = Task.Run(() => Task.WhenAll(tries.Select(t => AwaitStale(t.SharedCompletion, t.Token))));
            start.SetResult();
            if (round % 3 != 0)
            {
                Thread.SpinWait(random.Next(2000));
            }

            shared.Decide(new BatchOutcome("t", 0, 1000, new OutcomeRange(0, baseOffset, null)));
            await Task.WhenAll([.. runners, stales]).WaitAsync(Patience);
            stale.AddRange(tokens.Select(token => (shared, token)));
            stale.RemoveRange(0, Math.Max(0, stale.Count - 500));
        }
    }

    private static async Task AwaitAll(SharedCompletion shared, short[] tokens, long baseOffset, Task start)
    {
        await start;
        await Task.WhenAll(tokens.Select(token => AwaitOne(shared, token, baseOffset)));
    }

    private static async Task AwaitOne(SharedCompletion shared, short token, long baseOffset)
    {
        var metadata = await new ValueTask<RecordMetadata>(shared, token);
        Assert.Equal(baseOffset + (token & 31), metadata.Offset);
        Assert.Equal(1000 + (token & 31), metadata.Timestamp.ToUnixTimeMilliseconds());
    }

    private static async Task AwaitStale(SharedCompletion shared, short token) =>
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await new ValueTask<RecordMetadata>(shared, token));
}
