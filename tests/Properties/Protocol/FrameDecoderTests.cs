using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using FsCheck;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Protocol;

/// <summary>A network may cut a stream anywhere; the frames stay the same.</summary>
public sealed class FrameDecoderTests
{
    private const int Maximum = 1000;

    [Property(MaxTest = 200)]
    public void Any_cut_of_a_stream_gives_the_same_frames(NonNull<byte[]>[] frames, NonNegativeInt[] cuts)
    {
        var bytes = frames.SelectMany(static frame => Framed(frame.Get)).ToArray();
        var pieces = Pieces(bytes, [.. cuts.Select(static cut => cut.Get * 4)]);

        // Received piece by piece: what is not a whole frame yet stays for the next time.
        var found = new List<string>();
        for (var received = 1; received <= pieces.Count; received++)
        {
            var buffer = Sequence(pieces.Take(received)).Slice(found.Sum(hex => (hex.Length / 2) + sizeof(int)));
            while (FrameDecoder.TryRead(ref buffer, Maximum, out var frame))
            {
                found.Add(Convert.ToHexString(frame.ToArray()));
            }

            Assert.True(buffer.Length < sizeof(int) || buffer.Length < sizeof(int) + Size(buffer), "A whole frame was left.");
        }

        Assert.Equal(frames.Select(static frame => Convert.ToHexString(frame.Get)), found);
    }

    [Property(MaxTest = 200)]
    public void A_size_that_is_negative_or_above_the_limit_is_malformed_at_once(DoNotSize<int> any)
    {
        var size = any.Item is >= 0 and <= Maximum || BeginsAnotherProtocol(any.Item) ? -1 : any.Item;
        var error = Assert.Throws<MalformedDataException>(() => Read(BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(size))));
        Assert.Contains(size.ToString(), error.Message);
        Assert.Contains(Maximum.ToString(), error.Message);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "HTTP")]
    [InlineData("\u0015\u0003\u0003\u0000\u0002\u0002\u0046", "TLS")]
    [InlineData("\u0015\u0003\u0001\u0000\u0002\u0002\u0046", "TLS")]
    public void A_port_of_another_protocol_is_named(string answer, string protocol)
    {
        var error = Assert.Throws<MalformedDataException>(() => Read(Encoding.Latin1.GetBytes(answer)));
        Assert.Contains(protocol, error.Message);
        Assert.Contains("Use the", error.Message);
    }

    [Fact]
    public void The_limit_itself_is_a_frame()
    {
        var buffer = new ReadOnlySequence<byte>([.. Framed(new byte[Maximum])]);
        Assert.True(FrameDecoder.TryRead(ref buffer, Maximum, out var frame));
        Assert.Equal(Maximum, frame.Length);
        Assert.True(buffer.IsEmpty);
    }

    // "HTTP", and a TLS alert of version 3: what comes is named instead of the size.
    private static bool BeginsAnotherProtocol(int size) => size == 0x48545450 || size >>> 16 == 0x1503;

    private static bool Read(byte[] bytes)
    {
        var buffer = new ReadOnlySequence<byte>(bytes);
        return FrameDecoder.TryRead(ref buffer, Maximum, out _);
    }

    private static byte[] Framed(byte[] frame)
    {
        var framed = new byte[sizeof(int) + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, frame.Length);
        frame.CopyTo(framed, sizeof(int));
        return framed;
    }

    private static int Size(ReadOnlySequence<byte> buffer) => BinaryPrimitives.ReadInt32BigEndian(buffer.Slice(0, sizeof(int)).ToArray());

    private static List<byte[]> Pieces(byte[] bytes, int[] cuts)
    {
        var borders = cuts.Where(cut => cut < bytes.Length).Append(0).Append(bytes.Length).Order().ToArray();
        return [.. borders.Zip(borders.Skip(1), (from, to) => bytes[from..to])];
    }

    private static ReadOnlySequence<byte> Sequence(IEnumerable<byte[]> pieces)
    {
        var first = new Segment([], null);
        var last = first;
        foreach (var piece in pieces)
        {
            last = new Segment(piece, last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? before)
        {
            Memory = bytes;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
