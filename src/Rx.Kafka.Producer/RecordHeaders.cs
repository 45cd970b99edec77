using System.Collections;
using System.Runtime.CompilerServices;

namespace Rx.Kafka;

/// <summary>The headers of a record, in order and immutable: <c>record with { Headers = [new("trace", bytes)] }</c>.</summary>
[CollectionBuilder(typeof(RecordHeaders), nameof(Create))]
public sealed class RecordHeaders : IReadOnlyList<RecordHeader>, IEquatable<RecordHeaders>
{
    private readonly RecordHeader[] _headers;

    private RecordHeaders(RecordHeader[] headers) => _headers = headers;

    /// <summary>No headers.</summary>
    public static RecordHeaders Empty { get; } = new([]);

    /// <summary>How many headers there are.</summary>
    public int Count => _headers.Length;

    internal ReadOnlySpan<RecordHeader> Span => _headers;

    /// <summary>The header at a position, from 0.</summary>
    /// <param name="index">The position.</param>
    /// <exception cref="IndexOutOfRangeException">There are not so many headers.</exception>
    public RecordHeader this[int index] => _headers[index];

    /// <summary>Makes headers of a list; collection expressions use it.</summary>
    /// <param name="headers">The headers, in order.</param>
    /// <returns>The headers.</returns>
    /// <exception cref="ArgumentException">A header has no name.</exception>
    public static RecordHeaders Create(ReadOnlySpan<RecordHeader> headers)
    {
        foreach (ref readonly var header in headers)
        {
            if (header.Key is null)
            {
                throw new ArgumentException("A header's name must not be null; Kafka has no header without a name.", nameof(headers));
            }
        }

        return headers.IsEmpty ? Empty : new(headers.ToArray());
    }

    /// <summary>These headers and one more at the end.</summary>
    /// <param name="header">The header to add.</param>
    /// <returns>New headers; these stay as they are.</returns>
    public RecordHeaders Add(RecordHeader header) => Create([.. _headers, header]);

    /// <summary>These headers without those of a name.</summary>
    /// <param name="key">The name, compared by its characters.</param>
    /// <returns>The others, in order; these stay as they are.</returns>
    public RecordHeaders Remove(string key) => [.. _headers.Where(header => !header.IsNamed(key))];

    /// <summary>The last header of a name, which is the one that counts where a name repeats.</summary>
    /// <param name="key">The name, compared by its characters.</param>
    /// <returns>The header; null = there is none.</returns>
    public RecordHeader? Last(string key)
    {
        var at = Array.FindLastIndex(_headers, header => header.IsNamed(key));
        return at < 0 ? null : _headers[at];
    }

    /// <inheritdoc/>
    public bool Equals(RecordHeaders? other) => other is not null && _headers.AsSpan().SequenceEqual(other._headers);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RecordHeaders);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var header in _headers)
        {
            hash.Add(header);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<RecordHeader> GetEnumerator() => ((IEnumerable<RecordHeader>)_headers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The same headers, with copies of their bytes.</summary>
    internal RecordHeaders WithMemoryOfTheirOwn() => [.. _headers.Select(static header =>
        new RecordHeader(header.Key, header.Value is { } value ? (ReadOnlyMemory<byte>?)value.ToArray() : null))];
}

/// <summary>One header of a record.</summary>
public readonly record struct RecordHeader
{
    private readonly ReadOnlyMemory<byte>? _value;

    /// <summary>Makes a header of bytes.</summary>
    /// <param name="key">The header's name.</param>
    /// <param name="value">The header's bytes; null, and memory without an array, is Kafka's null (see <see cref="Record"/>).</param>
    public RecordHeader(string key, ReadOnlyMemory<byte>? value)
    {
        Key = key;
        Value = value;
    }

    /// <summary>Makes a header of an array; null stays Kafka's null.</summary>
    /// <inheritdoc cref="RecordHeader(string, ReadOnlyMemory{byte}?)"/>
    [OverloadResolutionPriority(1)]
    public RecordHeader(string key, byte[]? value)
        : this(key, (ReadOnlyMemory<byte>?)value)
    {
    }

    /// <summary>Makes a header of text, encoded as UTF-8; null stays Kafka's null.</summary>
    /// <inheritdoc cref="RecordHeader(string, ReadOnlyMemory{byte}?)"/>
    public RecordHeader(string key, string? value)
        : this(key, Record.Utf8(value))
    {
    }

    /// <summary>The header's name, sent as UTF-8; names may repeat.</summary>
    public string Key { get; init; }

    /// <summary>The header's bytes; null is Kafka's null.</summary>
    public ReadOnlyMemory<byte>? Value
    {
        get => _value;
        init => _value = Record.IsNull(value.GetValueOrDefault()) ? null : value;
    }

    /// <summary>Takes a header apart.</summary>
    /// <param name="key">The header's name.</param>
    /// <param name="value">The header's bytes; null is Kafka's null.</param>
    public void Deconstruct(out string key, out ReadOnlyMemory<byte>? value) => (key, value) = (Key, Value);

    /// <summary>Compares name and bytes.</summary>
    /// <param name="other">The other header.</param>
    /// <returns>True when both would put the same bytes on the log.</returns>
    public bool Equals(RecordHeader other) =>
        IsNamed(other.Key)
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

    internal bool IsNamed(string key) => string.Equals(Key, key, StringComparison.Ordinal);
}
