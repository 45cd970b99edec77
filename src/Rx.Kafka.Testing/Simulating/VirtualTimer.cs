namespace Rx.Kafka.Testing.Simulating;

/// <summary>One timer of a <see cref="VirtualTime"/>; its fields are written under the clock's lock.</summary>
internal sealed class VirtualTimer(VirtualTime time, long number, TimerCallback callback, object? state) : ITimer
{
    public const long Never = long.MaxValue;

    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    public static IComparer<VirtualTimer> ByDeadline { get; } = Comparer<VirtualTimer>.Create(static (a, b) =>
        a.Deadline != b.Deadline ? a.Deadline.CompareTo(b.Deadline) : a.Number.CompareTo(b.Number));

    public long Number { get; } = number;

    public long Deadline { get; set; } = Never;

    public long Period { get; set; }

    public bool Disposed { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period) => time.Arm(this, dueTime, period);

    public void Fire()
    {
        if (_context is null)
        {
            callback(state);
            return;
        }

        ExecutionContext.Run(_context, static timer => ((VirtualTimer)timer!).Call(), this);
    }

    public void Dispose() => time.Disarm(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private void Call() => callback(state);
}
