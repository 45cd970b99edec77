using System.Buffers;

namespace Rx.Kafka.Serialization;

/// <summary>
/// Where serializers write one record's key and value, one after the other. Each thread keeps one buffer, so nothing is allocated per
/// record; a serializer that itself sends gets another. One owner at a time.
/// </summary>
internal sealed class SerializationBuffer : IBufferWriter<byte>
{
    private const int Smallest = 512;

    /// <summary>Larger memory goes back to the shared pool, or each thread would keep as much as its largest record took.</summary>
    private const int MostKept = 64 * 1024;

    [ThreadStatic]
    private static SerializationBuffer? _spare;

    // Never null: a slice of it is empty, but not Kafka's null.
    private byte[] _bytes = [];
    private int _written;
    private int _keyLength = -1;
    private int _valueLength = -1;

    /// <summary>The thread's own buffer, or a new one.</summary>
    public static SerializationBuffer Rent()
    {
        var buffer = _spare ?? new SerializationBuffer();
        _spare = null;
        return buffer;
    }

    /// <summary>Nobody refers to its memory any more. What a pending serializer may still write to is left to the collector.</summary>
    public void Return()
    {
        Clear();
        if (_bytes.Length > MostKept)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        _spare = this;
    }

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        _written = 0;
        _keyLength = -1;
        _valueLength = -1;
    }

    /// <summary>What was written so far is the key; not if that is Kafka's null.</summary>
    public void EndKey(bool isThere)
    {
        _written = isThere ? _written : 0;
        _keyLength = isThere ? _written : -1;
    }

    /// <summary>What was written after the key is the value; not if that is Kafka's null.</summary>
    public void EndValue(bool isThere) => _valueLength = isThere ? _written - Math.Max(_keyLength, 0) : -1;

    /// <summary>The record, in this memory: until <see cref="Return"/> or <see cref="Clear"/>.</summary>
    public Record Borrowed(string topic) => new(topic, Slice(0, _keyLength), Slice(Math.Max(_keyLength, 0), _valueLength));

    public void Advance(int count)
    {
        if ((uint)count > (uint)(_bytes.Length - _written))
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count, $"A serializer may advance by at most the {_bytes.Length - _written} bytes that it was given.");
        }

        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_written);
    }

    private ReadOnlyMemory<byte>? Slice(int begin, int length) =>
        length < 0 ? null : (ReadOnlyMemory<byte>?)_bytes.AsMemory(begin, length);

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_bytes.Length - _written < Math.Max(sizeHint, 1))
        {
            Grow(_written + (long)Math.Max(sizeHint, 1));
        }
    }

    private void Grow(long needed)
    {
        if (needed > Array.MaxLength)
        {
            throw new InvalidOperationException(
                $"A serializer asked for room for {needed} bytes; key and value together take at most {Array.MaxLength}.");
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(_bytes.Length * 2L, Math.Max(needed, Smallest), Array.MaxLength));
        _bytes.AsSpan(0, _written).CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
