namespace Rx.Kafka;

/// <summary>One row of the option table: it drives reading Kafka's keys, validation, <see cref="KafkaProducerOptions.ToString"/> and docs/configuration.md.</summary>
/// <param name="Key">The Kafka key; null where Kafka has none.</param>
/// <param name="Property">The property; null for a key with one supported value, which needs none.</param>
/// <param name="Range">Which values are valid, to follow "must be".</param>
/// <param name="Doc">One sentence.</param>
internal sealed record ProducerOption(string? Key, string? Property, string Range, string Doc)
{
    /// <summary>The value as Kafka writes it; null = left to a rule.</summary>
    public required Func<KafkaProducerOptions, string?> Read { get; init; }

    /// <summary>Sets the option from text; the fault, or null.</summary>
    public required Func<KafkaProducerOptions, string, string?> Parse { get; init; }

    /// <summary>The fault of the present value, or null.</summary>
    public Func<KafkaProducerOptions, string?> Check { get; init; } = static _ => null;

    /// <summary>The default in words, where it is a rule.</summary>
    public string? DefaultRule { get; init; }

    /// <summary>How a fault names this option.</summary>
    public string Name => (Property, Key) switch
    {
        (null, var key) => key!,
        (var property, null) => property,
        var (property, key) => $"{property} ({key})",
    };
}
