using System.Buffers;
using System.Buffers.Binary;

namespace Rx.Kafka.Protocol;

/// <summary>Cuts a stream of bytes into frames: an int32 size, which does not count itself, and so many bytes.</summary>
internal static class FrameDecoder
{
    private const int Http = 0x48545450; // "HTTP"
    private const int TlsAlert = 0x1503; // content type "alert", major version 3

    /// <summary>Takes one whole frame off the front of the buffer.</summary>
    /// <param name="buffer">What was received; begins after the frame when it returns, and is untouched when no whole frame is
    /// there.</param>
    /// <param name="maximumFrameBytes">The largest frame that is believed.</param>
    /// <param name="frame">The frame without its size.</param>
    /// <returns>False when more bytes must come first.</returns>
    /// <exception cref="MalformedDataException">The size is negative or above the limit.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int maximumFrameBytes, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (buffer.Length < sizeof(int))
        {
            return false;
        }

        var size = ReadSize(buffer);
        if ((uint)size > (uint)maximumFrameBytes)
        {
            throw NotAFrame(size, maximumFrameBytes);
        }

        if (buffer.Length - sizeof(int) < size)
        {
            return false;
        }

        frame = buffer.Slice(sizeof(int), size);
        buffer = buffer.Slice(frame.End);
        return true;
    }

    private static int ReadSize(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.FirstSpan.Length >= sizeof(int))
        {
            return BinaryPrimitives.ReadInt32BigEndian(buffer.FirstSpan);
        }

        Span<byte> prefix = stackalloc byte[sizeof(int)];
        buffer.Slice(0, sizeof(int)).CopyTo(prefix);
        return BinaryPrimitives.ReadInt32BigEndian(prefix);
    }

    private static MalformedDataException NotAFrame(int size, int maximum) => new((size, size >>> 16) switch
    {
        (Http, _) =>
            "The peer answers in HTTP: this is the port of a web server. Use the address and port of a Kafka listener (often 9092).",
        (_, TlsAlert) =>
            "The peer answers with a TLS alert: this listener wants TLS and got plain text. Use the port of a plaintext listener, or TLS "
            + "(security.protocol=SSL).",
        _ =>
            $"The peer announces a frame of {size} bytes; the limit is {maximum} and a size is not negative. Check that address and "
            + "port are those of a Kafka listener.",
    })
    {
        IsTlsAlert = size >>> 16 == TlsAlert,
    };
}
