using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Rx.Kafka.Tool.Produce;

/// <summary>Lines of a stream, as fast as they are asked for. A line of any length takes memory for <c>limit</c> bytes at most.</summary>
internal static class LineReader
{
    /// <summary>Reads to the end, or until it is stopped: then the enumeration just ends.</summary>
    /// <param name="input">The stream; not disposed.</param>
    /// <param name="limit">The longest line that is kept, in bytes.</param>
    /// <param name="read">Told how many bytes were read.</param>
    /// <param name="stop">Ends the reading, also while the stream keeps silent.</param>
    public static async IAsyncEnumerable<Line> ReadAsync(
        Stream input, long limit, Action<long> read, [EnumeratorCancellation] CancellationToken stop)
    {
        var reader = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        long number = 0, dropped = 0;
        while (await NextAsync(reader, stop) is { } block)
        {
            var rest = block.Buffer;
            var before = rest.Length;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                yield return New(++number, rest.Slice(0, end), ref dropped, limit);
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            if (block.IsCompleted)
            {
                if (rest.Length + dropped > 0)
                {
                    yield return New(++number, rest, ref dropped, limit); // the last line has no end
                }

                break;
            }

            if (dropped > 0 ? rest.Length > 1 : rest.Length > limit + 1)
            {
                // The last byte stays: it may be the return before the line's end, which is no part of the line.
                dropped += rest.Length - 1;
                rest = rest.Slice(rest.Length - 1);
            }

            read(before - rest.Length);
            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    /// <summary>Null = stopped. A read of a terminal cannot be cancelled, so it is left behind then.</summary>
    private static async Task<ReadResult?> NextAsync(PipeReader reader, CancellationToken stop)
    {
        try
        {
            return await reader.ReadAsync(stop).AsTask().WaitAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private static Line New(long number, ReadOnlySequence<byte> line, ref long dropped, long limit)
    {
        var length = dropped + line.Length;
        if (line.Length > 0 && line.Slice(line.Length - 1).FirstSpan[0] == '\r')
        {
            line = line.Slice(0, line.Length - 1);
            length--;
        }

        dropped = 0;
        return new Line(number, length > limit ? null : line.ToArray(), length);
    }
}
