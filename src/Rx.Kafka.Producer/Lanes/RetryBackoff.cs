using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Lanes;

/// <summary>
/// How long a lane waits before it sends again (retry.backoff.ms, retry.backoff.max.ms). Only for the lane's loop.
/// </summary>
internal sealed class RetryBackoff(LaneContext context)
{
    private Backoff? _steps;

    /// <summary>Not before this time is anything sent again; 0 = now.</summary>
    public long Until { get; private set; }

    /// <summary>Begins, if none is running: one step per lost connection, not one per batch that it brings back.</summary>
    public void Begin(long now)
    {
        _steps ??= context.NewRetryBackoff();
        if (Until <= now)
        {
            Until = context.Time.After(now, _steps.Next());
        }
    }

    /// <summary>It is over.</summary>
    public void End() => Until = 0;

    /// <summary>The broker took a batch: the next back-off is a short one.</summary>
    public void Reset() => _steps?.Reset();

    /// <summary>Another broker leads: there is none towards it.</summary>
    public void Forget()
    {
        Until = 0;
        _steps = null;
    }
}
