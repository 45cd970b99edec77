using System.Buffers.Binary;
using Snappier;

namespace Rx.Kafka.Testing.Wire;

/// <summary>Snappy as Kafka's readers take it: the xerial format of Java clients, or, without its magic, one bare block as librdkafka sends.</summary>
internal static class SnappyReader
{
    private const int HeaderBytes = 16;

    // A copy of 64 bytes takes at least 3.
    private const long LargestRatio = 22;

    private static ReadOnlySpan<byte> Magic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    public static void Read(ReadOnlySpan<byte> input, BoundedOutput output)
    {
        if (!input.StartsWith(Magic))
        {
            Block(input, output);
            return;
        }

        if (input.Length < HeaderBytes)
        {
            throw new InvalidDataException("The snappy header is cut off.");
        }

        for (input = input[HeaderBytes..]; !input.IsEmpty;)
        {
            var length = input.Length < 4 ? -1 : BinaryPrimitives.ReadInt32BigEndian(input);
            if (length < 0 || length > input.Length - 4)
            {
                throw new InvalidDataException($"A snappy chunk of {length} bytes is announced, but {input.Length} are left.");
            }

            Block(input.Slice(4, length), output);
            input = input[(4 + length)..];
        }
    }

    private static void Block(ReadOnlySpan<byte> block, BoundedOutput output)
    {
        var length = Snappy.GetUncompressedLength(block);
        if (length < 0 || length > block.Length * LargestRatio)
        {
            throw new InvalidDataException($"A snappy block of {block.Length} bytes announces {length}.");
        }

        output.Expect(length);

        var bytes = new byte[length];
        if (!Snappy.TryDecompress(block, bytes, out var written) || written != length)
        {
            throw new InvalidDataException($"A snappy block announces {length} bytes and has {written}.");
        }

        output.Write(bytes);
    }
}
