namespace Rx.Kafka.Properties.Scenarios.Trouble;

/// <summary>A kind of trouble: how it is made, and all that a producer shall say of it.</summary>
internal sealed record TroubleKind
{
    public Setup Setup { get; init; } = new() { BatchSize = 0, RequestTimeoutMs = 10_000 };

    public Action<KafkaProducerOptions>? Configure { get; init; }

    /// <summary>Whether a record is acknowledged first, and what is said until then is forgotten.</summary>
    public bool IsWarm { get; init; } = true;

    public required Func<ProducerWorld, Task> Happens { get; init; }

    /// <summary>"id level field=value ...", one for each event in their order; other fields may have any value.</summary>
    public required string[] Events { get; init; }

    /// <summary>"counter{error} = sum", sorted.</summary>
    public required string[] Counts { get; init; }
}
