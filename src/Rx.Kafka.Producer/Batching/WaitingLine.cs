namespace Rx.Kafka.Batching;

/// <summary>Callers in the order they came. Guarded by its owner's lock or gate.</summary>
internal sealed class WaitingLine
{
    private Waiter? _last;

    public Waiter? First { get; private set; }

    public int Count { get; private set; }

    public void Add(Waiter waiter)
    {
        waiter.Line = this;
        waiter.Previous = _last;
        waiter.Next = null;
        if (_last is null)
        {
            First = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
        Count++;
    }

    /// <summary>Puts a waiter back that could not be placed.</summary>
    public void AddFirst(Waiter waiter)
    {
        waiter.Line = this;
        waiter.Previous = null;
        waiter.Next = First;
        if (First is null)
        {
            _last = waiter;
        }
        else
        {
            First.Previous = waiter;
        }

        First = waiter;
        Count++;
    }

    /// <summary>Takes a waiter out; false when somebody else did.</summary>
    public bool Remove(Waiter waiter)
    {
        if (waiter.Line != this)
        {
            return false;
        }

        if (waiter.Previous is null)
        {
            First = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _last = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        waiter.Line = null;
        waiter.Previous = waiter.Next = null;
        Count--;
        return true;
    }
}
