namespace Rx.Kafka;

/// <summary>One header of a record.</summary>
/// <param name="Key">The header's name, sent as UTF-8; names may repeat.</param>
/// <param name="Value">The header's bytes; null is Kafka's null.</param>
public readonly record struct RecordHeader(string Key, ReadOnlyMemory<byte>? Value)
{
    /// <summary>Compares name and bytes.</summary>
    /// <param name="other">The other header.</param>
    /// <returns>True when both would put the same bytes on the log.</returns>
    public bool Equals(RecordHeader other) =>
        string.Equals(Key, other.Key, StringComparison.Ordinal)
        && Value.HasValue == other.Value.HasValue
        && Value.GetValueOrDefault().Span.SequenceEqual(other.Value.GetValueOrDefault().Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Key, StringComparer.Ordinal);
        hash.AddBytes(Value.GetValueOrDefault().Span);
        return hash.ToHashCode();
    }

    /// <summary>The name and the size of the value; never the value, which may be secret.</summary>
    /// <returns>A short text for logs.</returns>
    public override string ToString() => $"{Key} ({(Value is { } value ? $"{value.Length} B" : "null")})";
}
