using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rx.Kafka.Health;

/// <summary>What one look at a producer shows.</summary>
/// <param name="At">When, on a clock that only goes forward.</param>
/// <param name="HasEnded">By a fatal error, or disposed.</param>
/// <param name="IsWaiting">Whether records or callers wait for room or metadata.</param>
/// <param name="OldestRecordAge">Zero = no record is without outcome.</param>
/// <param name="SinceLastAnswer">Of the broker that answered last, to records or for metadata; null = none ever did.</param>
internal readonly record struct HealthLook(
    TimeSpan At, bool HasEnded, bool IsWaiting, TimeSpan OldestRecordAge, TimeSpan? SinceLastAnswer);

/// <summary>What is kept of earlier looks.</summary>
/// <param name="WaitingSince">The first of the looks in a row that saw somebody wait.</param>
/// <param name="WaitingAt">The last of them.</param>
/// <param name="DegradedAt">The last look that saw this or worse.</param>
/// <param name="UnhealthyAt">The last look that saw this.</param>
internal readonly record struct HealthMemory(TimeSpan? WaitingSince, TimeSpan WaitingAt, TimeSpan? DegradedAt, TimeSpan? UnhealthyAt);

/// <summary>What comes of a look.</summary>
/// <param name="Told">The status to tell.</param>
/// <param name="Seen">The status by this look alone; better than what is told while that is held for RecoverAfter.</param>
/// <param name="Memory">What to keep for the next look.</param>
internal readonly record struct HealthVerdict(HealthStatus Told, HealthStatus Seen, HealthMemory Memory);

/// <summary>
/// Judges a producer: pure. The status is the worst of the looks of the last RecoverAfter. So a worse one is told at once, a better one
/// late, and what is worse to see is never better to tell.
/// </summary>
internal static class HealthJudge
{
    /// <summary>Judges one look.</summary>
    /// <param name="options">The thresholds.</param>
    /// <param name="before">What was kept of the look before; default = there was none.</param>
    /// <param name="look">What is seen.</param>
    public static HealthVerdict Judge(KafkaHealthOptions options, HealthMemory before, HealthLook look)
    {
        var waitingSince = !look.IsWaiting ? (TimeSpan?)null
            : before.WaitingSince is { } since && IsOneWait(options, look, look.At - before.WaitingAt) ? since
            : look.At;
        var seen = Seen(options, look, look.At - (waitingSince ?? look.At));
        var memory = new HealthMemory(
            waitingSince,
            look.At,
            seen == HealthStatus.Healthy ? before.DegradedAt : look.At,
            seen == HealthStatus.Unhealthy ? look.At : before.UnhealthyAt);
        var told = IsRecent(memory.UnhealthyAt) ? HealthStatus.Unhealthy
            : IsRecent(memory.DegradedAt) ? HealthStatus.Degraded
            : HealthStatus.Healthy;
        return new HealthVerdict(told, seen, memory);

        bool IsRecent(TimeSpan? at) => at is { } time && (time == look.At || look.At - time < options.RecoverAfter);
    }

    /// <summary>
    /// Whether who waits now may count as having waited at the look before. Looks far apart see other waits, unless a record that is there
    /// now was there then.
    /// </summary>
    private static bool IsOneWait(KafkaHealthOptions options, in HealthLook look, TimeSpan sinceLook) =>
        look.OldestRecordAge >= sinceLook || sinceLook <= options.DegradedAfter / 2;

    /// <summary>The status by this look alone.</summary>
    public static HealthStatus Seen(KafkaHealthOptions options, in HealthLook look, TimeSpan waited)
    {
        // Callers that wait while brokers answer are back-pressure at work; without answers nothing comes through.
        var hearsNothing = look.SinceLastAnswer is not { } silence || silence >= options.UnhealthyAfter;
        return look.HasEnded || look.OldestRecordAge >= options.UnhealthyAfter || (waited >= options.UnhealthyAfter && hearsNothing)
            ? HealthStatus.Unhealthy
            : look.OldestRecordAge >= options.DegradedAfter || waited >= options.DegradedAfter ? HealthStatus.Degraded
            : HealthStatus.Healthy;
    }
}
