using System.Buffers.Binary;
using System.Text;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Properties.Testing;

/// <summary>Makes record batches byte by byte.</summary>
internal static class RawBatch
{
    public static byte[] Make(int count = 1, long producerId = -1, short epoch = -1, int sequence = -1, string prefix = "v", int valueBytes = 0, long timestamp = 1_700_000_000_000)
    {
        using var output = new MemoryStream();
        output.Write(new byte[BatchView.HeaderBytes]);
        for (var i = 0; i < count; i++)
        {
            using var body = new MemoryStream();
            body.WriteByte(0);
            Zigzag(body, i); // timestamp delta
            Zigzag(body, i);
            Zigzag(body, -1);
            var value = Encoding.UTF8.GetBytes(prefix + i.ToString(System.Globalization.CultureInfo.InvariantCulture)).Concat(new byte[valueBytes]).ToArray();
            Zigzag(body, value.Length);
            body.Write(value);
            Zigzag(body, 0);
            Zigzag(output, (int)body.Length);
            body.WriteTo(output);
        }

        var bytes = output.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), bytes.Length - 12);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(12), -1);
        bytes[16] = 2;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(23), count - 1);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(27), timestamp);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(35), timestamp + count - 1);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(43), producerId);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(51), epoch);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(53), sequence);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(57), count);
        return Seal(bytes);
    }

    /// <summary>The same batch with a codec's output in the place of its records.</summary>
    public static byte[] WithRecords(byte[] batch, int codec, byte[] records)
    {
        byte[] bytes = [.. batch.AsSpan(0, BatchView.HeaderBytes), .. records];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), bytes.Length - 12);
        bytes[22] = (byte)((bytes[22] & ~7) | codec);
        return Seal(bytes);
    }

    /// <summary>Writes the CRC anew, after a test has changed a field.</summary>
    public static byte[] Seal(byte[] bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(17), Crc32C.Compute(bytes.AsSpan(21)));
        return bytes;
    }

    private static void Zigzag(Stream output, int value)
    {
        var raw = (uint)((value << 1) ^ (value >> 31));
        while (raw >= 0x80)
        {
            output.WriteByte((byte)(raw | 0x80));
            raw >>= 7;
        }

        output.WriteByte((byte)raw);
    }
}
