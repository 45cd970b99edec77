using System.Diagnostics;

namespace Rx.Kafka.Benchmarks;

/// <summary>Counts outcomes, and keeps latencies while asked to. As the observer of <see cref="KafkaProducer.Deliveries"/> it is called serially.</summary>
internal sealed class Outcomes : IObserver<Delivery<Record>>
{
    private long _decided;
    private long _failed;
    private long[]? _latencies;
    private int _measured;

    public long Decided => Volatile.Read(ref _decided);

    public long Failed => Volatile.Read(ref _failed);

    public string? FirstError { get; private set; }

    /// <summary>Whether latencies are kept now.</summary>
    public bool Measures => _latencies is not null;

    public void OnNext(Delivery<Record> value)
    {
        if (Measures)
        {
            Measure(Workload.SentAt(value.State));
        }

        Decide(value.Error);
    }

    /// <summary>Counts one outcome whose latency was measured before.</summary>
    public void Decide(ProduceError? error)
    {
        if (error is not null)
        {
            Fail(error.ToException());
        }

        // Called one at a time: nothing interlocked is needed.
        Volatile.Write(ref _decided, _decided + 1);
    }

    public void OnError(Exception error) => Fail(error);

    public void OnCompleted()
    {
    }

    /// <summary>Counts outcomes that came another way: an await, or a flush.</summary>
    public void Add(long count) => Interlocked.Add(ref _decided, count);

    public void Fail(Exception error)
    {
        Interlocked.Increment(ref _failed);
        FirstError ??= error.Message;
    }

    public void StartLatency(int capacity)
    {
        _measured = 0;
        _latencies = new long[capacity];
    }

    public void Measure(long sentAt)
    {
        if (_latencies is not { } latencies)
        {
            return;
        }

        var i = Interlocked.Increment(ref _measured) - 1;
        if (i < latencies.Length)
        {
            latencies[i] = Stopwatch.GetTimestamp() - sentAt;
        }
    }

    /// <summary>The latencies since <see cref="StartLatency"/>, ascending.</summary>
    public long[] StopLatency()
    {
        long[] latencies = _latencies is { } all ? all[..Math.Min(_measured, all.Length)] : [];
        _latencies = null;
        Array.Sort(latencies);
        return latencies;
    }
}
