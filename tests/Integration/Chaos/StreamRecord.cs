using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>One record of a stream: its value is <c>STREAM SEQ text</c>, and the text follows from the two numbers, so that whoever reads it back can tell whether it is whole.</summary>
/// <param name="Stream">Which stream, from 0. All its records go to one partition, by one source, in order.</param>
/// <param name="Sequence">Its number in the stream, from 0.</param>
internal readonly record struct StreamRecord(int Stream, int Sequence)
{
    private const string Letters = "the quick brown fox jumps over the lazy dog and ";
    private const int LargestSmall = 160;
    private const int EachLarge = 1000;
    private const int Large = 6000;

    /// <summary>The whole value. Most are short; a few are so long that the producer copies them outside its gate.</summary>
    public string Text
    {
        get
        {
            var mixed = (uint)((Stream * 7919) + (Sequence * 104_729));
            var length = (int)(mixed % EachLarge == 0 ? Large : mixed % LargestSmall);
            return string.Create(CultureInfo.InvariantCulture, $"{Stream} {Sequence} {Filler(mixed, length)}");
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Stream}:{Sequence}");

    /// <summary>The record to send; every other stream names its partition, the others leave it to their key.</summary>
    public Record ToRecord(string topic, int partitions)
    {
        var record = new Record(topic, Stream.ToString(CultureInfo.InvariantCulture), Text);
        return Stream % 2 == 0 ? record : record with { Partition = Stream % partitions };
    }

    /// <summary>Reads the two numbers at the beginning of a value.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out StreamRecord record)
    {
        record = default;
        if (!Utf8Parser.TryParse(value, out int stream, out var used) || stream < 0 || used >= value.Length || value[used] != ' '
            || !Utf8Parser.TryParse(value[(used + 1)..], out int sequence, out _) || sequence < 0)
        {
            return false;
        }

        record = new(stream, sequence);
        return true;
    }

    private static string Filler(uint mixed, int length)
    {
        var text = new StringBuilder(length);
        for (var at = (int)(mixed % Letters.Length); text.Length < length; at = 0)
        {
            text.Append(Letters, at, Math.Min(Letters.Length - at, length - text.Length));
        }

        return text.ToString();
    }
}
