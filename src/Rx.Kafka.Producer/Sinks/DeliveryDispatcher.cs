using Microsoft.Extensions.Logging;
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

    /// <summary>An observer threw, and was detached.</summary>
    public void ObserverThrew(Exception error)
    {
        SinkLog.ObserverThrew(_context.Logger, error);
        _context.Runtime.ObserverThrew?.Invoke(error);
    }

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
        ref readonly var outcome = ref share.Outcome;
        var fact = segment.Facts[position];
        var error = outcome.ErrorOf(fact.Index);
        if (error is null && _sink.Acks.HasObservers)
        {
            _sink.Acks.Next(outcome.MetadataOf(fact.Index, fact.TimeDelta));
        }

        if (share.Interest == SinkInterest.Records && _sink.Deliveries.HasObservers)
        {
            ref readonly var record = ref segment.Records[position];
            if (error is null)
            {
                var time = outcome.TimestampOf(fact.Index, fact.TimeDelta);
                _sink.Deliveries.Next(
                    new(record, outcome.Topic, outcome.Partition, outcome.OffsetOf(fact.Index), time, outcome.SuccessPersistence));
            }
            else
            {
                _sink.Deliveries.Next(new(record, error));
            }
        }
    }
}

/// <summary>What the dispatchers of one producer share; also names the producer a thread dispatches for.</summary>
internal sealed class DispatcherContext(ProducerRuntime runtime, ILogger logger)
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

    public ILogger Logger { get; } = logger;
}
