using System.Reactive.Concurrency;
using Rx.Kafka.Testing.Scheduling;

namespace Rx.Kafka.Testing;

/// <summary>
/// The clock of an Rx scheduler as a <see cref="TimeProvider"/>: with it as <see cref="ProducerRuntime.Time"/> linger, timeouts and back-off run on the same clock as <c>Buffer</c>, <c>Interval</c> and
/// <c>Throttle</c>. <see cref="ScheduledSimulation"/> does the rest.
/// </summary>
/// <remarks>
/// It works with every scheduler that keeps work for later: virtual ones (<see cref="HistoricalScheduler"/>, TestScheduler of Microsoft.Reactive.Testing, any <see
/// cref="VirtualTimeSchedulerBase{TAbsolute, TRelative}"/>) and real ones. Timers are as precise as the scheduler, and their callbacks are its work: an exception of one comes out of
/// <c>AdvanceBy</c> or <c>Start</c>. The clock is as safe for threads as its scheduler; <see cref="HistoricalScheduler"/> is not safe at all.
/// <para>Schedulers that count from the year 1, as a new HistoricalScheduler and TestScheduler do, are read as if they counted from 1970-01-01, for Kafka has no earlier times.</para>
/// </remarks>
public sealed class SchedulerTimeProvider : TimeProvider
{
    // Not zero, so that code that takes 0 for "never" is not helped.
    private const long FirstTimestamp = TimeSpan.TicksPerHour;

    private readonly IScheduler _scheduler;
    private readonly IStopwatch _stopwatch;
    private readonly TimeSpan _shift;

    /// <summary>Makes a clock that starts now.</summary>
    /// <param name="scheduler">The scheduler; not <see cref="ImmediateScheduler"/> or <see cref="CurrentThreadScheduler"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="scheduler"/> is null.</exception>
    /// <exception cref="ArgumentException">The scheduler runs work for later by blocking its caller.</exception>
    public SchedulerTimeProvider(IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        if (scheduler is ImmediateScheduler or CurrentThreadScheduler)
        {
            throw new ArgumentException(
                $"{scheduler.GetType().Name} blocks its caller until work is due, so it can keep no timer; use HistoricalScheduler, TestScheduler or EventLoopScheduler.", nameof(scheduler));
        }

        _scheduler = scheduler;
        _stopwatch = scheduler.StartStopwatch();
        _shift = scheduler.Now < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch - DateTimeOffset.MinValue : TimeSpan.Zero;
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => FirstTimestamp + _stopwatch.Elapsed.Ticks;

    /// <summary>The scheduler's <see cref="IScheduler.Now"/>; from 1970 on, see the remarks.</summary>
    /// <returns>The time.</returns>
    public override DateTimeOffset GetUtcNow() => _scheduler.Now.ToUniversalTime() + _shift;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ScheduledTimer(_scheduler, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
