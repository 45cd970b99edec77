namespace Rx.Kafka.Testing.Simulating;

/// <summary>A thread that takes part in a simulation. It runs only while it holds the baton; <see cref="Park"/> waits for it.</summary>
internal sealed class Fiber
{
    // An old-fashioned monitor: it can be waited on without owning anything disposable.
    private readonly object _baton = new();
    private bool _given;
    private bool _asked;
    private string? _stack;

    public Fiber(Thread thread) => Thread = thread;

    public Fiber(Action<Fiber> body)
    {
        Thread = new Thread(() =>
        {
            Park(Timeout.InfiniteTimeSpan);
            body(this);
        })
        { IsBackground = true, Name = "Simulation" };
        Thread.UnsafeStart();
    }

    public Thread Thread { get; }

    /// <summary>Which of its waits this fiber is in; a completion that belongs to an earlier one is stale.</summary>
    public long WaitNumber { get; set; }

    public bool Waiting { get; set; }

    /// <summary>Thrown by the fiber when it gets the baton: the simulation ended or is stuck.</summary>
    public Exception? Fault { get; set; }

    public void Give()
    {
        lock (_baton)
        {
            _given = true;
            Monitor.PulseAll(_baton);
        }
    }

    /// <summary>Waits for the baton; false = it did not come in time.</summary>
    public bool Park(TimeSpan patience)
    {
        lock (_baton)
        {
            while (!_given)
            {
                if (!Monitor.Wait(_baton, patience))
                {
                    break;
                }

                if (_asked)
                {
                    _asked = false;
                    _stack = Environment.StackTrace;
                    Monitor.PulseAll(_baton);
                }
            }

            var given = _given;
            _given = false;
            return given;
        }
    }

    /// <summary>Where a parked fiber waits: only a thread itself can say. Null = it does not answer.</summary>
    public string? AskForStack(TimeSpan patience)
    {
        lock (_baton)
        {
            (_asked, _stack) = (true, null);
            Monitor.PulseAll(_baton);
            while (_stack is null && Monitor.Wait(_baton, patience))
            {
            }

            return _stack;
        }
    }
}
