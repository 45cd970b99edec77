namespace Rx.Kafka.Concurrency;

/// <summary>
/// Armed timers, the earliest first: a binary heap whose entries know their place, so that changing one allocates nothing.
/// </summary>
internal sealed class PreciseTimerHeap
{
    private PreciseTimer[] _timers = new PreciseTimer[16];
    private int _count;
    private long _order;

    /// <summary>The earliest, or null.</summary>
    public PreciseTimer? First => _count > 0 ? _timers[0] : null;

    /// <summary>Adds a timer that is not in it.</summary>
    public void Add(PreciseTimer timer, long due)
    {
        if (_count == _timers.Length)
        {
            Array.Resize(ref _timers, 2 * _count);
        }

        timer.Due = due;
        timer.Order = _order++;
        Up(timer, _count++);
    }

    /// <summary>Removes a timer if it is in it.</summary>
    public void Remove(PreciseTimer timer)
    {
        var hole = timer.Index;
        if (hole < 0)
        {
            return;
        }

        timer.Index = -1;
        var last = _timers[--_count];
        _timers[_count] = null!;
        if (last != timer)
        {
            // The last one fills the hole, and from there it may have to go either way.
            Down(last, hole);
            Up(last, last.Index);
        }
    }

    /// <summary>Removes all.</summary>
    public void Clear()
    {
        while (First is not null)
        {
            Remove(_timers[_count - 1]);
        }
    }

    private void Up(PreciseTimer timer, int index)
    {
        while (index > 0 && IsBefore(timer, _timers[(index - 1) / 2]))
        {
            Put(_timers[(index - 1) / 2], index);
            index = (index - 1) / 2;
        }

        Put(timer, index);
    }

    private void Down(PreciseTimer timer, int index)
    {
        while ((2 * index) + 1 < _count)
        {
            var child = (2 * index) + 1;
            child += child + 1 < _count && IsBefore(_timers[child + 1], _timers[child]) ? 1 : 0;
            if (IsBefore(timer, _timers[child]))
            {
                break;
            }

            Put(_timers[child], index);
            index = child;
        }

        Put(timer, index);
    }

    private void Put(PreciseTimer timer, int index)
    {
        _timers[index] = timer;
        timer.Index = index;
    }

    private static bool IsBefore(PreciseTimer a, PreciseTimer b) => a.Due < b.Due || (a.Due == b.Due && a.Order < b.Order);
}
