using System.Collections.Concurrent;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Sinks;

/// <summary>
/// The interceptors of a producer. Callers offer on their threads; the dispatchers of sinks tell outcomes before their observers, and
/// awaited records have a dispatcher here, with a window of its own.
/// </summary>
internal sealed class InterceptorChain
{
    [ThreadStatic]
    private static InterceptorChain? _telling;

    private readonly IProducerInterceptor[] _interceptors;
    private readonly DispatcherContext _context;
    private readonly ConcurrentQueue<(InterceptedCompletion Awaited, Delivery<Record> Delivery)> _awaited = new();
    private readonly SerialWork _work;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _ends;

    public InterceptorChain(IProducerInterceptor[] interceptors, DispatcherContext context)
    {
        _interceptors = interceptors;
        _context = context;
        Window = new DeliveryWindow(context);
        _work = new SerialWork(TellAwaited, context.Runtime.TaskScheduler);
    }

    /// <summary>How far it is behind with awaited records.</summary>
    public DeliveryWindow Window { get; }

    /// <summary>Whether this thread tells outcomes of awaited records.</summary>
    public bool IsTelling => _telling == this;

    /// <summary>Whether this thread tells any outcomes, so that to wait here would be to wait for itself.</summary>
    public bool IsCaller => IsTelling || DispatcherContext.Current == _context;

    /// <summary>
    /// Completes when the chain is not too far behind, after MaxBlock, or with a cancellation. Who offers awaited records in a row waits
    /// here after each: those that have an outcome are in no batch any more, so nothing else bounds them.
    /// </summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Window.WhenOpen().On(_context.Runtime.TaskScheduler).WaitAsync(_context.MaxBlock, _context.Time, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            // What became of the record does not depend on it.
        }
    }

    /// <summary>The record that the chain makes of one. Caller's thread.</summary>
    public Record OnSend(Record record)
    {
        foreach (var interceptor in _interceptors)
        {
            try
            {
                record = interceptor.OnSend(record);
            }
            catch (Exception e)
            {
                _context.Events.InterceptorThrew(interceptor.GetType().Name, e);
            }
        }

        return record;
    }

    /// <summary>Tells the chain an outcome. Dispatcher.</summary>
    public void OnAcknowledgement(in Delivery<Record> delivery)
    {
        foreach (var interceptor in _interceptors)
        {
            try
            {
                interceptor.OnAcknowledgement(delivery);
            }
            catch (Exception e)
            {
                _context.Events.InterceptorThrew(interceptor.GetType().Name, e);
            }
        }
    }

    /// <summary>An awaited record has its outcome: the chain is told, then the await goes on. Any thread; runs nothing inline.</summary>
    public void Post(InterceptedCompletion awaited, in Delivery<Record> delivery)
    {
        Window.Decided(1);
        _awaited.Enqueue((awaited, delivery));
        _work.Queue();
    }

    /// <summary>Completes when what is there now was told. Dispose.</summary>
    public Task EndAsync()
    {
        _ends = true;
        _work.Queue();
        return _ended.Task;
    }

    private void TellAwaited()
    {
        var outer = _telling;
        _telling = this;
        try
        {
            while (_awaited.TryDequeue(out var told))
            {
                OnAcknowledgement(told.Delivery);
                Window.Observed(1);
                told.Awaited.GoOn();
            }

            if (_ends)
            {
                _ended.TrySetResult();
            }
        }
        finally
        {
            _telling = outer;
        }
    }
}
