namespace Rx.Kafka.Properties.Telemetry;

/// <summary>One number of a push.</summary>
internal sealed record OtlpPoint(string Name, double Value, IReadOnlyDictionary<string, string> Attributes)
{
    public bool IsSum { get; init; }

    public bool IsDelta { get; init; }

    public bool IsMonotonic { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset At { get; init; }
}
