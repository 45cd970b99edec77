using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rx.Kafka.Hosting;

namespace Rx.Kafka.Health;

/// <summary>Looks at one producer, as often as it is asked. Any thread.</summary>
/// <param name="slot">Finds it; what this throws the platform makes an unhealthy entry, with its text.</param>
/// <param name="options">The thresholds.</param>
/// <param name="time">The clock.</param>
internal sealed class ProducerHealthCheck(Func<ProducerSlot> slot, KafkaHealthOptions options, TimeProvider time) : IHealthCheck
{
    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();
    private HealthMemory _memory;
    private string? _degraded;
    private string? _unhealthy;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.FromResult(slot().Producer is { } producer
            ? Look(producer.GetStatus(), context.Registration.FailureStatus)
            : HealthCheckResult.Healthy("The producer was not used yet."));
    }

    private HealthCheckResult Look(ProducerStatus seen, HealthStatus failureStatus)
    {
        HealthStatus told;
        string text;
        lock (_lock)
        {
            var look = new HealthLook(
                time.GetElapsedTime(_started),
                seen.FatalError is not null || seen.IsDisposed,
                seen.WaitingRecords > 0 || seen.BlockedCallers > 0,
                seen.OldestRecordAge,
                seen.Brokers.Select(static broker => broker.SinceLastAnswer).Append(seen.SinceMetadata).Min());
            var verdict = HealthJudge.Judge(options, _memory, look);
            (told, _memory) = (verdict.Told, verdict.Memory);
            text = Remember(HealthText.Describe(seen, look.At - (_memory.WaitingSince ?? look.At), verdict.Seen), verdict, look.At);
        }

        return new HealthCheckResult(told == HealthStatus.Unhealthy ? failureStatus : told, text, data: HealthText.Data(seen));
    }

    /// <summary>Keeps the words for what is bad, and says them again while its status is held.</summary>
    private string Remember(string text, in HealthVerdict verdict, TimeSpan now)
    {
        _unhealthy = verdict.Seen == HealthStatus.Unhealthy ? text : _unhealthy;
        _degraded = verdict.Seen == HealthStatus.Healthy ? _degraded : text;
        if (verdict.Told == verdict.Seen)
        {
            return text;
        }

        var (bad, at) = verdict.Told == HealthStatus.Unhealthy ? (_unhealthy, _memory.UnhealthyAt) : (_degraded, _memory.DegradedAt);
        return HealthText.Held(text, options.RecoverAfter, now - (at ?? now), bad);
    }
}
