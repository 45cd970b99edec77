namespace Rx.Kafka.Tool.Bench;

/// <summary>What this process has used, and a client has done, up to a moment or between two.</summary>
internal readonly record struct Meters
{
    public TimeSpan Time { get; init; }

    public long Records { get; init; }

    public TimeSpan Cpu { get; init; }

    public long Allocated { get; init; }

    /// <summary>Collections of generation 0 and of those above.</summary>
    public int Collections { get; init; }

    /// <summary>Those of all generations.</summary>
    public int FullCollections { get; init; }

    /// <summary>Up to now.</summary>
    /// <param name="elapsed">The time of now.</param>
    /// <param name="records">Records that are acknowledged.</param>
    public static Meters Read(TimeSpan elapsed, long records) => new()
    {
        Time = elapsed,
        Records = records,
        Cpu = Environment.CpuUsage.TotalTime,
        Allocated = GC.GetTotalAllocatedBytes(precise: true),
        Collections = GC.CollectionCount(0),
        FullCollections = GC.CollectionCount(2),
    };

    public static Meters operator -(Meters after, Meters before) => new()
    {
        Time = after.Time - before.Time,
        Records = after.Records - before.Records,
        Cpu = after.Cpu - before.Cpu,
        Allocated = after.Allocated - before.Allocated,
        Collections = after.Collections - before.Collections,
        FullCollections = after.FullCollections - before.FullCollections,
    };
}
