using System.Buffers.Binary;
using System.Text;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>A request as the broker's side read it, with the tests' own decoder.</summary>
internal sealed class SentRequest
{
    public SentRequest(byte[] frame)
    {
        Key = BinaryPrimitives.ReadInt16BigEndian(frame);
        Version = BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(2));
        CorrelationId = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4));
        var length = BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(8));
        ClientId = Encoding.UTF8.GetString(frame, 10, length);
        var tags = IsFlexible(Key, Version) ? 1 : 0;
        Body = frame[(10 + length + tags)..];
    }

    public short Key { get; }

    public short Version { get; }

    public int CorrelationId { get; }

    public string ClientId { get; }

    public byte[] Body { get; }

    public static bool IsFlexible(int key, int version) => key switch
    {
        0 or 3 => version >= 9,
        17 => false,
        18 => version >= 3,
        _ => version >= 2,
    };

    /// <summary>The topics of a metadata request.</summary>
    public List<string> Topics(out bool autoCreate)
    {
        var at = 0;
        var flexible = IsFlexible(3, Version);
        var topics = new List<string>();
        var count = flexible ? ReadU(ref at) - 1 : Read32(ref at);
        for (var i = 0; i < count; i++)
        {
            at += Version >= 10 ? 16 : 0;
            var length = flexible ? ReadU(ref at) - 1 : Read16(ref at);
            topics.Add(Encoding.UTF8.GetString(Body, at, length));
            at += length + (flexible ? 1 : 0);
        }

        autoCreate = Version < 4 || Body[at] != 0;
        return topics;
    }

    private int ReadU(ref int at)
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = Body[at++];
            value |= (next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
        }
    }

    private int Read16(ref int at)
    {
        at += 2;
        return BinaryPrimitives.ReadInt16BigEndian(Body.AsSpan(at - 2));
    }

    private int Read32(ref int at)
    {
        at += 4;
        return BinaryPrimitives.ReadInt32BigEndian(Body.AsSpan(at - 4));
    }
}
