using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Sinks;

/// <summary>
/// Tells one sink's observers its outcomes, one after the other, as a work item on the scheduler. Holds one node per batch. Where a
/// bounded reader is full it stops in the middle and goes on when there is room, so no thread is blocked.
/// </summary>
internal sealed partial class DeliveryDispatcher
{
    private readonly Lock _lock = new();
    private readonly DeliverySink _sink;
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

    public DeliveryDispatcher(DeliverySink sink, DeliveryWindow window, DispatcherContext context)
    {
        _sink = sink;
        _window = window;
        _context = context;
        _work = new SerialWork(Dispatch, context.Runtime.TaskScheduler);
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
                    _sink.End(_sink.Error);
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
                if (_sink.IsFull)
                {
                    return false;
                }

                _window.Step();
                if (_context.Interceptors is { } interceptors && share.Interest.HasRecords() && !IsWithoutRecord(share, _segment))
                {
                    var fact = _segment.Facts[_position];
                    var error = share.Outcome.ErrorOf(fact.Index);
                    interceptors.OnAcknowledgement(share.Outcome.DeliveryOf(_segment.Records[_position], fact, error));
                }

                _sink.Tell(share, _segment, _position);
            }
        }

        _share = null;
        var count = share.Count;
        share.Return();
        _window.Observed(count);
        _sink.Leave();
        return true;
    }

    /// <summary>An element of which no record was made has an outcome, but interceptors have seen nothing of it.</summary>
    private bool IsWithoutRecord(SinkShare share, FactSegment segment) =>
        share.Interest.HasStates() && segment.Records[_position].IsDefault;
}

/// <summary>What the sinks of one producer share; also names the producer a thread dispatches for.</summary>
internal sealed class DispatcherContext
{
    [ThreadStatic]
    private static DispatcherContext? _current;

    public DispatcherContext(KafkaProducerOptions options, TimeProvider time, SinkEvents events)
    {
        Runtime = options.Runtime;
        Time = time;
        Events = events;
        MaxUnobserved = options.MaxUnobservedDeliveries;
        MaxBlock = options.MaxBlock;
        Interceptors = options.Interceptors.Count == 0 ? null : new InterceptorChain([.. options.Interceptors], this);
    }

    /// <summary>Whose observers this thread is calling; null = nobody's.</summary>
    public static DispatcherContext? Current
    {
        get => _current;
        set => _current = value;
    }

    public ProducerRuntime Runtime { get; }

    /// <summary>The producer's clock: the runtime's, or one of its own.</summary>
    public TimeProvider Time { get; }

    public SinkEvents Events { get; }

    /// <summary>How many outcomes of one sink may be unobserved.</summary>
    public int MaxUnobserved { get; }

    /// <summary>How long one wait of OnNext may last.</summary>
    public TimeSpan MaxBlock { get; }

    /// <summary>Null = there are none.</summary>
    public InterceptorChain? Interceptors { get; }
}
