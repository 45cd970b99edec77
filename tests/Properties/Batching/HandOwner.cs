using Rx.Kafka.Batching;
using Rx.Kafka.Memory;

namespace Rx.Kafka.Properties.Batching;

/// <summary>A broker's loop moved by hand: it looks only when it was woken or when its one timer is due, as the real one does.</summary>
internal sealed class HandOwner : LoopOwner
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _linger;
    private readonly Lock _setting = new();
    private int _wakes;
    private int _seen;
    private long _timer = long.MaxValue;

    public HandOwner(TimeProvider time, BufferPool memory, TimeSpan linger)
        : base(time, new())
    {
        _time = time;
        _linger = linger;
        memory.AddBroker(Memory);
    }

    public int Wakes => Volatile.Read(ref _wakes);

    /// <summary>The channels whose open batches were closed by age, with the time of their first record.</summary>
    public List<(PartitionChannel Channel, long OpenedAt, long ClosedAt)> ClosedByAge { get; } = [];

    private long Linger => (long)(_linger.TotalSeconds * _time.TimestampFrequency);

    /// <summary>When the timer is due; long.MaxValue = never.</summary>
    public long Timer => _timer;

    public override void Post(Action letter) => letter();

    public bool TryPeekListed(out Lane lane)
    {
        var all = int.MaxValue;
        return TryPeekListed(ref all, out lane);
    }

    public override void Wake() => Interlocked.Increment(ref _wakes);

    public override void Opened()
    {
        lock (_setting)
        {
            _timer = Math.Min(_timer, DueOpen());
        }
    }

    /// <summary>What the loop does when its signal is set: nothing if neither a wake-up nor the timer did it.</summary>
    public void Step()
    {
        var now = _time.GetTimestamp();
        if (_seen == Wakes && now < _timer)
        {
            return;
        }

        _seen = Wakes;
        while (Timeline.TryTakeOpen(now - Linger, out var channel, out var openedAt))
        {
            ClosedByAge.Add((channel, openedAt, now));
            channel.CloseOpen(openedAt, mayGrow: false);
        }

        lock (_setting)
        {
            _timer = DueOpen();
        }
    }

    private long DueOpen()
    {
        var oldest = Timeline.OldestOpen();
        return oldest == long.MaxValue ? oldest : oldest + Linger;
    }

    /// <summary>Closes every open batch, as a flush or a shortage of memory does.</summary>
    public void CloseAll()
    {
        while (Timeline.TryTakeOpen(long.MaxValue, out var channel, out var openedAt))
        {
            channel.CloseOpen(openedAt, mayGrow: false);
        }
    }
}
