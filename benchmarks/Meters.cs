using System.Diagnostics;
using System.Runtime;

namespace Rx.Kafka.Benchmarks;

/// <summary>What the process has used so far.</summary>
internal sealed record Meters(double User, double System, long Allocated, int Gen0, int Gen1, int Gen2, TimeSpan Pause)
{
    public static double PeakMiB
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64 / 1048576.0;
        }
    }

    public double Cpu => User + System;

    public static Meters Read()
    {
        var cpu = Environment.CpuUsage;
        return new(
            cpu.UserTime.TotalSeconds,
            cpu.PrivilegedTime.TotalSeconds,
            GC.GetTotalAllocatedBytes(precise: true),
            GC.CollectionCount(0),
            GC.CollectionCount(1),
            GC.CollectionCount(2),
            GC.GetTotalPauseDuration());
    }

    public static Meters operator -(Meters after, Meters before) => new(
        after.User - before.User,
        after.System - before.System,
        after.Allocated - before.Allocated,
        after.Gen0 - before.Gen0,
        after.Gen1 - before.Gen1,
        after.Gen2 - before.Gen2,
        after.Pause - before.Pause);
}
