using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Sinks;

/// <summary>
/// Tells one sink's observers its outcomes, one after the other, as a work item on the scheduler. Holds one node per batch. Where a
/// bounded reader is full it stops in the middle and goes on when there is room, so no thread is blocked.
/// </summary>
internal sealed class DeliveryDispatcher
{
    private readonly Lock _lock = new();
    private readonly RecordSink _sink;
    private readonly DeliveryWindow _window;
    private readonly DispatcherContext _context;
    private readonly SerialWork _work;
    private SinkShare? _first;
    private SinkShare? _last;
    private bool _ends;

    // Where the dispatcher stands; touched by its work item only.
    private SinkShare? _share;
    private FactSegment? _segment;
    private int _position;

    public DeliveryDispatcher(RecordSink sink, DeliveryWindow window, DispatcherContext context)
    {
        _sink = sink;
        _window = window;
        _context = context;
        _work = new SerialWork(Dispatch, context.Runtime.Scheduler);
    }

    /// <summary>Queues a batch's outcomes. Owner of the batch.</summary>
    public void Post(SinkShare share)
    {
        lock (_lock)
        {
            if (_last is null)
            {
                _first = share;
            }
            else
            {
                _last.Next = share;
            }

            _last = share;
        }

        _work.Queue();
    }

    /// <summary>Queues the end of the streams, after all outcomes.</summary>
    public void PostEnd()
    {
        lock (_lock)
        {
            _ends = true;
        }

        _work.Queue();
    }

    /// <summary>A reader has room again.</summary>
    public void Resume() => _work.Queue();

    private void Dispatch()
    {
        var outer = DispatcherContext.Current;
        DispatcherContext.Current = _context;
        try
        {
            while (TryTake(out var ends))
            {
                if (ends)
                {
                    End(_sink.Acks, _sink.Error);
                    End(_sink.Deliveries, _sink.Error);
                    _sink.Complete();
                    return;
                }

                if (!DispatchShare())
                {
                    return;
                }
            }
        }
        finally
        {
            DispatcherContext.Current = outer;
        }
    }

    private bool TryTake(out bool ends)
    {
        ends = false;
        if (_share is not null)
        {
            return true;
        }

        lock (_lock)
        {
            _share = _first;
            if (_share is null)
            {
                ends = _ends;
                _ends = false;
                return ends;
            }

            _first = _share.Next;
            _last = _first is null ? null : _last;
        }

        _share.Next = null;
        _segment = _share.Segments;
        _position = 0;
        return true;
    }

    /// <returns>False when a reader is full.</returns>
    private bool DispatchShare()
    {
        var share = _share!;
        for (; _segment is not null; _segment = _segment.Next, _position = 0)
        {
            for (; _position < _segment.Count; _position++)
            {
                if (_sink.Acks.IsFull || _sink.Deliveries.IsFull)
                {
                    return false;
                }

                Tell(share, _segment, _position);
            }
        }

        _share = null;
        var count = share.Count;
        share.Return();
        _window.Observed(count);
        _sink.Leave();
        return true;
    }

    private void Tell(SinkShare share, FactSegment segment, int position)
    {
        _window.Step();
        ref readonly var outcome = ref share.Outcome;
        var fact = segment.Facts[position];
        var error = outcome.ErrorOf(fact.Index);
        if (error is null && _sink.Acks.HasObservers)
        {
            Next(_sink.Acks, outcome.MetadataOf(fact.Index, fact.TimeDelta));
        }

        if (share.Interest == SinkInterest.Records && _sink.Deliveries.HasObservers)
        {
            ref readonly var record = ref segment.Records[position];
            if (error is null)
            {
                var time = outcome.TimestampOf(fact.Index, fact.TimeDelta);
                Next(
                    _sink.Deliveries,
                    new(record, outcome.Topic, outcome.Partition, outcome.OffsetOf(fact.Index), time, outcome.SuccessPersistence));
            }
            else
            {
                Next(_sink.Deliveries, new(record, error));
            }
        }
    }

    /// <summary>Tells the observers of a stream one element. One that throws is detached, and the others go on.</summary>
    private void Next<T>(DeliveryStream<T> stream, in T value)
    {
        foreach (var subscription in stream.Subscriptions)
        {
            try
            {
                subscription.Next(value);
            }
            catch (Exception e)
            {
                subscription.Dispose();
                ObserverThrew(stream.Name, e);
            }
        }
    }

    private void End<T>(DeliveryStream<T> stream, Exception? error)
    {
        foreach (var subscription in stream.End(error))
        {
            try
            {
                subscription.End(error);
            }
            catch (Exception e)
            {
                ObserverThrew(stream.Name, e);
            }
        }
    }

    private void ObserverThrew(string stream, Exception error)
    {
        _sink.FaultCompletion(error);
        _context.Events.ObserverThrew(stream, error);
        _context.Runtime.ObserverThrew?.Invoke(error);
    }
}

/// <summary>What the sinks of one producer share; also names the producer a thread dispatches for.</summary>
internal sealed class DispatcherContext(ProducerRuntime runtime, TimeProvider time, SinkEvents events)
{
    [ThreadStatic]
    private static DispatcherContext? _current;

    /// <summary>Whose observers this thread is calling; null = nobody's.</summary>
    public static DispatcherContext? Current
    {
        get => _current;
        set => _current = value;
    }

    public ProducerRuntime Runtime { get; } = runtime;

    /// <summary>The producer's clock: the runtime's, or one of its own.</summary>
    public TimeProvider Time { get; } = time;

    public SinkEvents Events { get; } = events;
}
