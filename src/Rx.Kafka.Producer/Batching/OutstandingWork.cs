namespace Rx.Kafka.Batching;

/// <summary>
/// Adds up what is in line or accepted and has no outcome yet, over lines and loops: each adds its own under its own lock. For one look.
/// </summary>
internal sealed class OutstandingWork
{
    public int WaitingRecords { get; private set; }

    public int BlockedCallers { get; private set; }

    public int OpenBatches { get; private set; }

    public int UndecidedBatches { get; private set; }

    /// <summary>Monotonic time at which the oldest record came; long.MaxValue = there is none.</summary>
    public long OldestSince { get; private set; } = long.MaxValue;

    public void AddLine(int waiting, int blocked, long oldestSince)
    {
        WaitingRecords += waiting;
        BlockedCallers += blocked;
        OldestSince = Math.Min(OldestSince, oldestSince);
    }

    public void AddBatches(int open, int undecided, long oldestSince)
    {
        OpenBatches += open;
        UndecidedBatches += undecided;
        OldestSince = Math.Min(OldestSince, oldestSince);
    }
}
