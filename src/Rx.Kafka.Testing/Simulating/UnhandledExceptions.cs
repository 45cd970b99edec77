namespace Rx.Kafka.Testing.Simulating;

/// <summary>What observers and work items threw where no caller could see it. Any thread.</summary>
internal sealed class UnhandledExceptions
{
    private readonly Lock _lock = new();
    private Exception? _first;
    private string _where = "";
    private int _count;

    public bool Any
    {
        get
        {
            lock (_lock)
            {
                return _first is not null;
            }
        }
    }

    public void FromObserver(Exception error) => Add("An observer of the producer", error);

    public void FromRxScheduler(Exception error) => Add("A work item of RxScheduler", error);

    /// <summary>The failure of a run in which something was thrown, or null; the next run begins with none.</summary>
    /// <param name="end">What the run ended with itself; perhaps a consequence.</param>
    public SimulationException? Take(Exception? end)
    {
        lock (_lock)
        {
            if (_first is not { } first)
            {
                return null;
            }

            var more = _count > 1 ? $" ({_count - 1} more were thrown later.)" : "";
            var ended = end is null ? "" : $"\nThe run ended with {end.GetType().Name}: {end.Message}";
            (_first, _count) = (null, 0);
            return new SimulationException(
                $"{_where} threw {first.GetType().Name}: {first.Message.TrimEnd('.')}.{more} If that is meant, set Simulation.FailsOnUnhandledExceptions to false.{ended}",
                end is null ? first : new AggregateException(first, end));
        }
    }

    private void Add(string where, Exception error)
    {
        lock (_lock)
        {
            _count++;
            if (_first is null)
            {
                (_first, _where) = (error, where);
            }
        }
    }
}
