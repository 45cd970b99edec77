namespace Rx.Kafka.Properties.Concurrency;

/// <summary>
/// Two threads that act at nearly the same moment, round after round, the second of them a little later by chance: so that what happens only
/// when they meet has its chance to happen.
/// </summary>
internal sealed class Race
{
    private int _begun;
    private int _done;

    /// <summary>Before each round, alone.</summary>
    public Action Prepare { get; init; } = static () => { };

    /// <summary>One of the two, on a thread of its own; it must end.</summary>
    public required Action First { get; init; }

    /// <summary>The other, on the test's thread.</summary>
    public required Action Second { get; init; }

    /// <summary>After each round, alone.</summary>
    public Action Check { get; init; } = static () => { };

    public void Run(TimeSpan effort)
    {
        var first = RealThreads.StartAsync(Follow);
        var random = new Random(1);
        var started = TimeProvider.System.GetTimestamp();
        for (var round = 1; TimeProvider.System.GetElapsedTime(started) < effort; round++)
        {
            Prepare();
            Volatile.Write(ref _begun, round);
            Thread.SpinWait(random.Next(100));
            Second();
            RealThreads.SpinUntil(() => Volatile.Read(ref _done) == round || first.IsCompleted, "The first thread is stuck.");
            Assert.False(first.IsCompleted, "The first thread threw.");
            Check();
        }

        Volatile.Write(ref _begun, int.MaxValue);
        RealThreads.SpinUntil(() => first.IsCompleted, "The first thread does not end.");
    }

    private void Follow()
    {
        for (var round = 1; ; round++)
        {
            while (Volatile.Read(ref _begun) < round)
            {
                Thread.SpinWait(1); // SpinUntil would sleep, and miss the moment
            }

            if (Volatile.Read(ref _begun) == int.MaxValue)
            {
                return;
            }

            First();
            Volatile.Write(ref _done, round);
        }
    }
}
