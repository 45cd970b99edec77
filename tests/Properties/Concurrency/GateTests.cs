using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Properties.Concurrency;

/// <summary>The compare-and-swap lock under contention: one at a time, and nobody is left out.</summary>
[Collection(Alone.Name)]
public sealed class GateTests
{
    [Fact]
    public void One_thread_at_a_time_is_inside()
    {
        const int Threads = 8;
        const int Rounds = 50_000;
        var shared = new Shared();
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                shared.Gate.Enter();
                shared.First++;
                shared.Second = shared.First;
                shared.Gate.Exit();
            }
        })).ToArray();
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60))));
        Assert.Equal(Threads * Rounds, shared.First);
        Assert.Equal(shared.First, shared.Second);
    }

    private sealed class Shared
    {
        public Gate Gate;
        public int First;
        public int Second;
    }
}
