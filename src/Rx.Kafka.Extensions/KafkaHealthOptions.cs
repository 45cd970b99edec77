using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rx.Kafka;

/// <summary>When a producer is unhealthy. Health is what the running producer sees; no check asks a broker.</summary>
public sealed class KafkaHealthOptions
{
    /// <summary>The check's name. Default null: <c>kafka-producer</c>, with a name of the producer <c>kafka-producer-NAME</c>.</summary>
    public string? Name { get; init; }

    /// <summary>What the check is found by. Default: <c>kafka</c>, <c>ready</c>.</summary>
    public IEnumerable<string> Tags { get; init; } = ["kafka", "ready"];

    /// <summary>
    /// The producer is degraded when its oldest record without outcome is this old, or when records or callers have waited this long for
    /// room or metadata: at each look in between some did. Looks that are further apart than half of this, and than the oldest record is
    /// old, count as separate waits: so with an orchestrator that looks every 10 s, steady back-pressure of young records is seen only
    /// when this is at least 20 s. Default 10 s; above zero, and above <see cref="KafkaProducerOptions.Linger"/>.
    /// </summary>
    public TimeSpan DegradedAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The producer is unhealthy when its oldest record without outcome is this old, or when records or callers have waited this long and
    /// no broker has answered for this long. Default 30 s; at least <see cref="DegradedAfter"/>. After a fatal error it is unhealthy at
    /// once, and for good.
    /// </summary>
    public TimeSpan UnhealthyAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A better state is told when nothing worse was seen for this long, so the check does not flap; a worse one is told at once. Default
    /// 15 s; zero = at once.
    /// </summary>
    public TimeSpan RecoverAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What is told when the producer is unhealthy. Default <see cref="HealthStatus.Unhealthy"/>.</summary>
    public HealthStatus FailureStatus { get; init; } = HealthStatus.Unhealthy;

    /// <summary>What is wrong with them, each with value, limit and remedy.</summary>
    internal IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (Tags is null)
        {
            faults.Add("Tags is null; leave it out, or give an empty list for none");
        }

        if (DegradedAfter <= TimeSpan.Zero)
        {
            faults.Add($"DegradedAfter is {DegradedAfter}; it must be above zero");
        }

        if (UnhealthyAfter < DegradedAfter)
        {
            faults.Add($"UnhealthyAfter is {UnhealthyAfter}; it must be at least DegradedAfter = {DegradedAfter}: raise it or lower that");
        }

        if (RecoverAfter < TimeSpan.Zero)
        {
            faults.Add($"RecoverAfter is {RecoverAfter}; it must be zero or more");
        }

        return faults;
    }
}
