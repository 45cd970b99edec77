using System.Collections.Concurrent;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Sinks;

/// <summary>
/// The interceptors of a producer. Callers offer on their threads; the dispatchers of sinks tell outcomes before their observers, and
/// awaited records have a dispatcher here.
/// </summary>
internal sealed class InterceptorChain
{
    private readonly IProducerInterceptor[] _interceptors;
    private readonly SinkEvents _events;
    private readonly ConcurrentQueue<(InterceptedCompletion Awaited, Delivery<Record> Delivery)> _awaited = new();
    private readonly SerialWork _work;

    public InterceptorChain(IEnumerable<IProducerInterceptor> interceptors, SinkEvents events, TaskScheduler scheduler)
    {
        _interceptors = [.. interceptors];
        _events = events;
        _work = new SerialWork(TellAwaited, scheduler);
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
                _events.InterceptorThrew(interceptor.GetType().Name, e);
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
                _events.InterceptorThrew(interceptor.GetType().Name, e);
            }
        }
    }

    /// <summary>An awaited record has its outcome: the chain is told, then the await goes on. Any thread; runs nothing inline.</summary>
    public void Post(InterceptedCompletion awaited, in Delivery<Record> delivery)
    {
        _awaited.Enqueue((awaited, delivery));
        _work.Queue();
    }

    private void TellAwaited()
    {
        while (_awaited.TryDequeue(out var told))
        {
            OnAcknowledgement(told.Delivery);
            told.Awaited.GoOn();
        }
    }
}
