using System.Buffers;
using Rx.Kafka.Serialization;

namespace Rx.Kafka.Properties.Serialization;

/// <summary>The memory that serializers write to: a key and a value are just what was written, however they were written and whatever the buffer held before.</summary>
public sealed class SerializationBufferTests
{
    [Fact]
    public void A_record_holds_what_was_written_and_nothing_of_the_one_before() => Law.Check("buffer", Steps.Of(kinds: 4, most: 40, limit: 3000), program =>
    {
        var buffer = SerializationBuffer.Rent();
        byte number = 0;
        foreach (var step in program)
        {
            var key = step.Kind == 0 ? null : Some(step.A);
            var value = step.Kind == 1 ? null : Some(step.Kind == 3 ? step.B * 50 : step.B);
            Write(buffer, key ?? Some(step.B / 3), step.A);
            buffer.EndKey(key is not null);
            Write(buffer, value ?? Some(step.A / 3), step.B);
            buffer.EndValue(value is not null);
            var record = buffer.Borrowed("t");
            var kept = record.WithMemoryOfItsOwn();
            Assert.Equal(new Record("t", key, value), record);
            buffer.Return();
            Assert.Equal(new Record("t", key, value), kept);
            buffer = SerializationBuffer.Rent();
        }

        byte[] Some(int length)
        {
            number++;
            return [.. Enumerable.Repeat(number, length)];
        }
    });

    [Fact]
    public void A_serializer_that_advances_too_far_or_asks_for_less_than_nothing_is_told()
    {
        var buffer = SerializationBuffer.Rent();
        var length = buffer.GetSpan(10).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.GetMemory(-1));
        Assert.Throws<InvalidOperationException>(() => buffer.GetSpan(int.MaxValue));
        buffer.Advance(length);
        buffer.EndKey(isThere: true);
        buffer.EndValue(isThere: false);
        Assert.Equal(length, buffer.Borrowed("t").Key!.Value.Length);
    }

    // In pieces, by spans and memory in turn.
    private static void Write(SerializationBuffer buffer, byte[] bytes, int piece)
    {
        for (var rest = bytes.AsSpan(); !rest.IsEmpty; piece++)
        {
            var part = rest[..Math.Min(rest.Length, 1 + (piece % 700))];
            part.CopyTo(piece % 2 == 0 ? buffer.GetSpan(part.Length) : buffer.GetMemory(part.Length).Span);
            buffer.Advance(part.Length);
            rest = rest[part.Length..];
        }
    }
}
