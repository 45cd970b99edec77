using System.Buffers;

namespace Rx.Kafka.Properties.Protocol;

/// <summary>An output that lends as little as it may, so that writers meet the end of a buffer everywhere.</summary>
internal sealed class PieceWriter(int pieceBytes) : IBufferWriter<byte>
{
    private readonly List<byte> _written = [];
    private byte[] _lent = [];

    public byte[] ToArray() => _written.ToArray();

    public void Advance(int count)
    {
        _written.AddRange(_lent.AsSpan(0, count));
        _lent = [];
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _lent = new byte[Math.Max(sizeHint, pieceBytes)];

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
