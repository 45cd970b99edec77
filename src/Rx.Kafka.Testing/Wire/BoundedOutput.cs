using System.Buffers;

namespace Rx.Kafka.Testing.Wire;

/// <summary>Gathers bytes up to a limit.</summary>
/// <param name="limit">The most bytes.</param>
internal sealed class BoundedOutput(long limit)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Refuses what would go beyond the limit, before it is allocated.</summary>
    public void Expect(long length)
    {
        if (length > limit - _bytes.WrittenCount)
        {
            throw new InvalidDataException($"It inflates to more than {limit} bytes.");
        }
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Expect(bytes.Length);
        _bytes.Write(bytes);
    }
}
