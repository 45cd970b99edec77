namespace Rx.Kafka.Sinks;

/// <summary>The sinks of a producer that have not completed. Any thread.</summary>
internal sealed class OpenSinks
{
    private readonly Lock _lock = new();
    private readonly HashSet<DeliverySink> _sinks = [];
    private Exception? _faultedBy;
    private bool _isClosed;

    /// <summary>Keeps a new sink until it has completed.</summary>
    /// <returns>False when the producer was disposed.</returns>
    public bool TryAdd(DeliverySink sink)
    {
        sink.Completed = Remove;
        sink.UpdateInterest();
        lock (_lock)
        {
            if (_isClosed)
            {
                return false;
            }

            _sinks.Add(sink);
        }

        if (_faultedBy is { } error)
        {
            sink.Fault(error);
        }

        return true;
    }

    /// <summary>Those that are there.</summary>
    public DeliverySink[] ToArray()
    {
        lock (_lock)
        {
            return [.. _sinks];
        }
    }

    /// <summary>No sink is opened any more.</summary>
    /// <returns>Those that are there.</returns>
    public DeliverySink[] Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            return [.. _sinks];
        }
    }

    /// <summary>A fatal error ends all sinks, also those to come.</summary>
    public void Fault(Exception error)
    {
        DeliverySink[] sinks;
        lock (_lock)
        {
            _faultedBy = error;
            sinks = [.. _sinks];
        }

        foreach (var sink in sinks)
        {
            _ = sink.Window.Close();
            sink.Fault(error);
        }
    }

    private void Remove(DeliverySink sink)
    {
        lock (_lock)
        {
            _sinks.Remove(sink);
        }
    }
}
