using System.Buffers.Binary;

namespace Rx.Kafka.Tests;

/// <summary>Spoils answers as no honest broker would. What it does is decided by its chance alone, so a seed tells all.</summary>
/// <param name="random">Its chance.</param>
internal sealed class AnswerMutator(Random random)
{
    private const int FrameHead = sizeof(int) + sizeof(int);

    // Counts, lengths, codes and ids at the edges of their types; varints that are too long, too large or endless.
    private static readonly byte[][] Extremes =
    [
        [0x00], [0x01], [0x7F], [0x80], [0xFF],
        [0x00, 0x00], [0x7F, 0xFF], [0x80, 0x00], [0xFF, 0xFF], [0xFF, 0xFE],
        [0x00, 0x00, 0x00, 0x00], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0x00, 0x00, 0x00], [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFE], [0x00, 0xFF, 0xFF, 0xFF], [0x00, 0x00, 0xFF, 0xFF],
        [0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0x1F], [0x80, 0x80, 0x80, 0x80, 0x00], [0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
    ];

    private readonly List<byte> _bytes = [];

    /// <summary>Spoils bytes in one to four places.</summary>
    /// <param name="bytes">What an honest broker sent.</param>
    /// <param name="other">Another answer, which parts may be taken from.</param>
    public byte[] Spoil(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> other)
    {
        _bytes.Clear();
        _bytes.AddRange(bytes);
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            Change(other);
        }

        return [.. _bytes];
    }

    /// <summary>Spoils a whole frame: its body only, so that length and number still fit and the body is looked at, or any of its bytes.</summary>
    /// <param name="frame">Length, header and body.</param>
    /// <param name="other">Another frame.</param>
    public byte[] SpoilFrame(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> other)
    {
        if (random.Next(4) == 0)
        {
            return Spoil(frame, other);
        }

        byte[] spoilt = [.. frame[..FrameHead], .. Spoil(frame[FrameHead..], other[FrameHead..])];
        BinaryPrimitives.WriteInt32BigEndian(spoilt, spoilt.Length - sizeof(int));
        return spoilt;
    }

    private void Change(ReadOnlySpan<byte> other)
    {
        var at = random.Next(_bytes.Count + 1);
        switch (random.Next(10))
        {
            case 0 when at < _bytes.Count:
                _bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < _bytes.Count:
                _bytes[at] = (byte)random.Next(256);
                break;
            case 2 or 3:
                Overwrite(at, Extremes[random.Next(Extremes.Length)]);
                break;
            case 4:
                _bytes.InsertRange(at, Extremes[random.Next(Extremes.Length)]);
                break;
            case 5:
                _bytes.InsertRange(at, Noise(random.Next(1, 17)));
                break;
            case 6:
                _bytes.RemoveRange(at, random.Next(Math.Min(16, _bytes.Count - at) + 1));
                break;
            case 7:
                _bytes.RemoveRange(at, _bytes.Count - at);
                break;
            case 8:
                _bytes.RemoveRange(at, _bytes.Count - at);
                _bytes.AddRange(other[random.Next(other.Length + 1)..]);
                break;
            default:
                Repeat(at);
                break;
        }
    }

    private void Overwrite(int at, byte[] value)
    {
        for (var i = 0; i < value.Length && at + i < _bytes.Count; i++)
        {
            _bytes[at + i] = value[i];
        }
    }

    /// <summary>A few bytes once more, or, now and then, so often that the answer becomes a large one.</summary>
    private void Repeat(int at)
    {
        var part = _bytes.GetRange(at, random.Next(Math.Min(64, _bytes.Count - at) + 1));
        for (var times = random.Next(200) == 0 ? random.Next(1000) : 1; times > 0; times--)
        {
            _bytes.AddRange(part);
        }
    }

    private byte[] Noise(int length)
    {
        var noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }
}
