namespace Rx.Kafka.Sending;

/// <summary>What other threads tell a loop. Bounded by what is under way: requests in flight, connections, snapshots, calls.</summary>
internal sealed class Mailbox
{
    private readonly Lock _lock = new();
    private List<IMail> _posted = [];
    private List<IMail> _taken = [];

    public void Post(IMail mail)
    {
        lock (_lock)
        {
            _posted.Add(mail);
        }
    }

    /// <summary>Delivers all that was posted, in order. After one that throws, the rest is delivered at the next call. Loop.</summary>
    public void DeliverAll()
    {
        lock (_lock)
        {
            (_posted, _taken) = (_taken, _posted);
        }

        var delivered = 0;
        try
        {
            while (delivered < _taken.Count)
            {
                _taken[delivered++].Deliver();
            }
        }
        finally
        {
            if (delivered < _taken.Count)
            {
                lock (_lock)
                {
                    _posted.InsertRange(0, _taken[delivered..]);
                }
            }

            _taken.Clear();
        }
    }
}

/// <summary>A rare message to a loop; answers, which are frequent, are their own mail.</summary>
internal sealed class Mail(Action deliver) : IMail
{
    public void Deliver() => deliver();
}

/// <summary>Something posted to a loop's mailbox by another thread.</summary>
internal interface IMail
{
    /// <summary>On the loop that owns the mailbox.</summary>
    void Deliver();
}
