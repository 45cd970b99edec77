namespace Rx.Kafka.Sinks;

/// <summary>How a sink's observers are called, and what happens when one throws.</summary>
internal sealed partial class DeliveryDispatcher
{
    /// <summary>Tells the observers of a stream one element. One that throws is detached, and the others go on.</summary>
    public void Next<T>(DeliveryStream<T> stream, in T value)
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

    /// <summary>Tells the observers of a stream that nothing more comes.</summary>
    public void End<T>(DeliveryStream<T> stream, Exception? error)
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
