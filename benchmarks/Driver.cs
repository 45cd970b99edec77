using System.Diagnostics;

namespace Rx.Kafka.Benchmarks;

/// <summary>Offers records by one sink of the producer and waits until each has its outcome.</summary>
internal sealed class Driver(KafkaProducer producer, Workload workload, Outcomes outcomes, BenchOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private long _decidedSeen;

    /// <summary>Where records go that are observed.</summary>
    public required Action<Record> Push { get; init; }

    /// <summary>Runs <paramref name="count"/> records at a rate, or as fast as possible (0); gives the seconds until the last one was offered.</summary>
    public ValueTask<double> RunAsync(int count, int rate) => options.Mode switch
    {
        "fire" => new(Fire(count)),
        "handler" or "sink" or "deliver" => new(PushAll(count, rate)),
        _ => new(rate > 0 ? AwaitPacedAsync(count, rate) : AwaitAsync(count)),
    };

    /// <summary>OnNext while nobody wants facts; only the flush tells.</summary>
    private double Fire(int count)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            producer.OnNext(workload[i]);
        }

        var offered = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Flush();
        outcomes.Add(count);
        return offered;
    }

    /// <summary>OnNext with an observer of every delivery. Stays on the thread it began on, as a source of its own would.</summary>
    private double PushAll(int count, int rate)
    {
        var start = Stopwatch.GetTimestamp();
        var before = outcomes.Decided;
        for (var sent = 0; sent < count;)
        {
            var due = Due(start, count, rate);
            for (; sent < due; sent++)
            {
                AwaitWindow(before + sent);
                Push(rate > 0 ? workload.Stamped(sent, Stopwatch.GetTimestamp()) : workload[sent]);
            }

            Pause(sent < count);
        }

        var offered = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Flush();
        AwaitOutcomes(before + count);
        return offered;
    }

    /// <summary>A ring of outstanding acknowledgements, each awaited as the producer gave it.</summary>
    private async Task<double> AwaitAsync(int count)
    {
        var start = Stopwatch.GetTimestamp();
        var ring = new ValueTask<RecordMetadata>[Math.Min(options.Outstanding, count)];
        for (var i = 0; i < count; i++)
        {
            var slot = i % ring.Length;
            if (i >= ring.Length)
            {
                try
                {
                    await ring[slot];
                }
                catch (KafkaException fault)
                {
                    outcomes.Fail(fault);
                }
            }

            Keep(out ring[slot], producer.SendAsync(workload[i]));
        }

        var offered = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await producer.FlushAsync();
        foreach (var acknowledgement in ring)
        {
            try
            {
                await acknowledgement;
            }
            catch (KafkaException fault)
            {
                outcomes.Fail(fault);
            }
        }

        return offered;
    }

    /// <summary>Every record awaited by a method of its own, as the requests of a server would.</summary>
    private async Task<double> AwaitPacedAsync(int count, int rate)
    {
        var start = Stopwatch.GetTimestamp();
        var all = new List<Task>(count);
        while (all.Count < count)
        {
            var due = Due(start, count, rate);
            while (all.Count < due)
            {
                all.Add(AwaitOneAsync(all.Count, Stopwatch.GetTimestamp()));
            }

            Pause(all.Count < count);
        }

        var offered = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await producer.FlushAsync();
        await Task.WhenAll(all);
        return offered;
    }

    private async Task AwaitOneAsync(int i, long now)
    {
        try
        {
            await producer.SendAsync(workload[i]);
            outcomes.Measure(now);
        }
        catch (KafkaException fault)
        {
            outcomes.Fail(fault);
        }
    }

    // The analyzer does not know an awaitable that is kept for later; each is awaited once.
    private static void Keep(out ValueTask<RecordMetadata> slot, ValueTask<RecordMetadata> acknowledgement) => slot = acknowledgement;

    private static int Due(long start, int count, int rate) =>
        rate > 0 ? (int)Math.Min(count, (Stopwatch.GetElapsedTime(start).TotalSeconds * rate) + 1) : count;

    private static void Pause(bool more)
    {
        if (more)
        {
            Thread.Sleep(1);
        }
    }

    private void Flush()
    {
        if (!producer.FlushAsync().AsTask().Wait(Patience))
        {
            throw new TimeoutException($"The flush did not end within {Patience}; {outcomes.Failed} records failed. {outcomes.FirstError}");
        }
    }

    /// <summary>A full window drains to three quarters before more is offered, so that the threads do not take turns at each record.</summary>
    private void AwaitWindow(long offered)
    {
        // What was seen last is mostly enough: to look at a count that another thread writes all the time holds up both.
        if (offered - _decidedSeen < options.Outstanding || offered - Decided() < options.Outstanding)
        {
            return;
        }

        while (offered - Decided() > options.Outstanding / 4 * 3)
        {
            Thread.Sleep(1);
        }
    }

    private long Decided() => _decidedSeen = outcomes.Decided;

    private void AwaitOutcomes(long expected)
    {
        var start = Stopwatch.GetTimestamp();
        while (outcomes.Decided < expected)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"{expected - outcomes.Decided} records have no outcome; {outcomes.Failed} failed. {outcomes.FirstError}");
            }

            Thread.Sleep(1);
        }
    }
}
