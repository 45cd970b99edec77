using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using K4os.Compression.LZ4;

namespace Rx.Kafka.Testing.Wire;

/// <summary>One LZ4 frame as Kafka's Java reader takes it: version 1, independent blocks, no dictionary, the right header checksum.</summary>
internal ref struct Lz4FrameReader
{
    private const uint Magic = 0x184d2204;
    private const int UInt32Bytes = 4;
    private const uint StoredAsIs = 0x80000000;

    private readonly bool _hasBlockChecksum;
    private readonly bool _hasContentChecksum;
    private readonly int _largestBlock;
    private ReadOnlySpan<byte> _left;

    private Lz4FrameReader(ReadOnlySpan<byte> frame)
    {
        _left = frame;
        if (UInt32() != Magic)
        {
            throw new InvalidDataException("It does not begin with the magic of an LZ4 frame.");
        }

        var (flags, block) = (_left.Length < 2 ? (byte)0 : _left[0], _left.Length < 2 ? (byte)0 : _left[1]);
        _hasBlockChecksum = (flags & 0x10) != 0;
        _hasContentChecksum = (flags & 0x04) != 0;
        var size = (block >> 4) & 7;
        if (flags >> 6 != 1 || (flags & 0x23) != 0x20 || (block & 0x8f) != 0 || size < 4)
        {
            throw new InvalidDataException($"The LZ4 frame has FLG {flags:x2} and BD {block:x2}; Kafka reads version 1 with independent blocks.");
        }

        _largestBlock = 1 << (8 + (2 * size));
        var descriptor = Take((flags & 0x08) != 0 ? 10 : 2); // With the content's size, which nobody needs.
        if (Take(1)[0] != (byte)(XxHash32.HashToUInt32(descriptor) >> 8))
        {
            throw new InvalidDataException("The LZ4 frame's header checksum is wrong.");
        }
    }

    public static void Read(ReadOnlySpan<byte> frame, BoundedOutput output)
    {
        var reader = new Lz4FrameReader(frame);
        var buffer = ArrayPool<byte>.Shared.Rent(reader._largestBlock);
        try
        {
            var content = new XxHash32();
            while (reader.NextBlock(buffer.AsSpan(0, reader._largestBlock), out var block))
            {
                content.Append(block);
                output.Write(block);
            }

            reader.End(content.GetCurrentHashAsUInt32());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool NextBlock(Span<byte> buffer, out ReadOnlySpan<byte> block)
    {
        var size = UInt32();
        if (size == 0)
        {
            block = [];
            return false;
        }

        var length = size & ~StoredAsIs;
        if (length > _largestBlock)
        {
            throw new InvalidDataException($"An LZ4 block of {length} bytes is announced in a frame of blocks up to {_largestBlock}.");
        }

        block = Take((int)length);
        if (_hasBlockChecksum && UInt32() != XxHash32.HashToUInt32(block))
        {
            throw new InvalidDataException("An LZ4 block's checksum is wrong.");
        }

        if ((size & StoredAsIs) == 0)
        {
            var decoded = LZ4Codec.Decode(block, buffer);
            block = decoded >= 0 ? buffer[..decoded] : throw new InvalidDataException("An LZ4 block is spoilt.");
        }

        return true;
    }

    private void End(uint contentChecksum)
    {
        if (_hasContentChecksum && UInt32() != contentChecksum)
        {
            throw new InvalidDataException("The LZ4 frame's content checksum is wrong.");
        }

        if (!_left.IsEmpty)
        {
            throw new InvalidDataException($"{_left.Length} bytes follow the LZ4 frame.");
        }
    }

    private uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(UInt32Bytes));

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _left.Length)
        {
            throw new InvalidDataException("The LZ4 frame is cut off.");
        }

        var taken = _left[..length];
        _left = _left[length..];
        return taken;
    }
}
