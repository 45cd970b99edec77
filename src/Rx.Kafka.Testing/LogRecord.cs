using System.Text;

namespace Rx.Kafka.Testing;

/// <summary>One record of a broker's log, decoded by the testing package's own decoder.</summary>
public sealed record LogRecord
{
    /// <summary>The topic's name.</summary>
    public required string Topic { get; init; }

    /// <summary>The partition, from 0.</summary>
    public required int Partition { get; init; }

    /// <summary>The record's offset.</summary>
    public required long Offset { get; init; }

    /// <summary>The key's bytes; null = Kafka's null.</summary>
    public required ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>The value's bytes; null = Kafka's null.</summary>
    public required ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>The headers, in order.</summary>
    public required RecordHeaders Headers { get; init; }

    /// <summary>The record's time; on a LogAppendTime topic the time of append.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The producer's id; -1 = not idempotent.</summary>
    public required long ProducerId { get; init; }

    /// <summary>The producer's epoch; -1 = not idempotent.</summary>
    public required short ProducerEpoch { get; init; }

    /// <summary>The record's own sequence number; -1 = not idempotent.</summary>
    public required int Sequence { get; init; }

    /// <summary>The offset of the first record of its batch: equal for records of one batch.</summary>
    public required long BatchOffset { get; init; }

    /// <summary>The key as UTF-8 text; null = Kafka's null.</summary>
    public string? KeyText => Key is { } key ? Encoding.UTF8.GetString(key.Span) : null;

    /// <summary>The value as UTF-8 text; null = Kafka's null.</summary>
    public string? ValueText => Value is { } value ? Encoding.UTF8.GetString(value.Span) : null;
}
