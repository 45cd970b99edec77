using System.Buffers;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>Memory of somebody else's that was disposed: it has a length, and cannot be read.</summary>
internal sealed class ThrowingMemory : MemoryManager<byte>
{
    public static Memory<byte> Of(int length) => new ThrowingMemory().CreateMemory(length);

    public override Span<byte> GetSpan() => throw new ObjectDisposedException("somebody's pool");

    public override MemoryHandle Pin(int elementIndex = 0) => throw new ObjectDisposedException("somebody's pool");

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
