namespace Rx.Kafka;

/// <summary>How batches are compressed (Kafka key <c>compression.type</c>).</summary>
public enum Compression
{
    /// <summary>Not at all (<c>none</c>).</summary>
    None,
}
