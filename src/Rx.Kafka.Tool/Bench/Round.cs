namespace Rx.Kafka.Tool.Bench;

/// <summary>
/// One client sends as fast as it takes records: first to warm up, then measured, without a pause between them, so that neither the
/// beginning nor the end of sending is part of the figures. Then all that was sent gets its outcome.
/// </summary>
internal sealed class Round(IBenchClient client, Outcomes outcomes, BenchPlan plan, Surroundings around)
{
    private const int RecordsBetweenLooks = 64; // at the clock
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Extension = TimeSpan.FromMilliseconds(10);

    private readonly Workload _workload = new(plan.Size, outcomes);
    private readonly long _begin = around.Time.GetTimestamp();
    private long _sent;
    private long _decidedSeen;
    private TimeSpan _lastDecision;

    private TimeSpan Elapsed => around.Time.GetElapsedTime(_begin);

    /// <summary>Runs it on a thread of its own, as a source of records has one.</summary>
    /// <returns>What was measured; null = it was stopped before.</returns>
    /// <exception cref="InvalidOperationException">The client does not get on.</exception>
    public Task<Meters?> RunAsync() => Task.Factory.StartNew(
        Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private Meters? Run()
    {
        SendUntil(plan.Warmup);
        if (around.Stop.IsCancellationRequested)
        {
            AwaitAll();
            return null;
        }

        outcomes.Measure(isMeasuring: true);
        var before = Read();
        SendUntil(before.Time + plan.Duration);
        while (!outcomes.HasLatency && outcomes.Failed == 0 && !around.Stop.IsCancellationRequested)
        {
            // A round without a figure says nothing: on a busy machine a short one goes on until it has some.
            ThrowIfStuck();
            SendUntil(Elapsed + Extension);
        }

        var used = Read() - before;
        outcomes.Measure(isMeasuring: false);
        AwaitAll();
        return used;
    }

    private Meters Read() => Meters.Read(Elapsed, outcomes.Acknowledged);

    private void SendUntil(TimeSpan end)
    {
        while (Elapsed < end && !around.Stop.IsCancellationRequested)
        {
            if (_sent - outcomes.Decided >= _workload.MostUnderWay)
            {
                // A full window drains to three quarters, so that the threads do not take turns at each record.
                AwaitSome(_sent - (_workload.MostUnderWay * 3L / 4), end);
                continue;
            }

            var burst = Math.Min(RecordsBetweenLooks, _workload.MostUnderWay - (_sent - outcomes.Decided));
            for (; burst > 0; burst--)
            {
                client.Send(_workload.Next());
                _sent++;
            }
        }
    }

    private void AwaitSome(long count, TimeSpan end)
    {
        while (!outcomes.Await(count) && Elapsed < end && !around.Stop.IsCancellationRequested)
        {
            ThrowIfStuck();
        }
    }

    private void AwaitAll()
    {
        _lastDecision = Elapsed;
        while (!outcomes.Await(_sent))
        {
            ThrowIfStuck();
        }
    }

    private void ThrowIfStuck()
    {
        if (outcomes.Decided != _decidedSeen)
        {
            (_decidedSeen, _lastDecision) = (outcomes.Decided, Elapsed);
        }
        else if (Elapsed - _lastDecision > Patience)
        {
            throw new InvalidOperationException(
                $"{_sent - outcomes.Decided} records have no outcome after {Patience.TotalSeconds} s. {outcomes.LastNotice}");
        }
    }
}
