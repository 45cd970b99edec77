using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Tool.Produce;

namespace Rx.Kafka.Integration.Tool;

public sealed class LineReaderTests
{
    private const int Limit = 8;

    /// <summary>Whatever the lines are and however they arrive, they come out as they are, but for those above the limit, which have their length alone.</summary>
    [Fact]
    public void Lines_do_not_depend_on_how_they_arrive() => Prop.ForAll(
        Gen.Frequency((8, Gen.Elements('a', 'b')), (1, Gen.Constant('\n')), (1, Gen.Constant('\r')), (1, Gen.Constant('\n'))).ListOf().Select(static text => string.Concat(text)).ToArbitrary(),
        Gen.Choose(1, 20).ToArbitrary(),
        static (text, piece) =>
        {
            var expected = text.Split('\n').Select(static line => line.EndsWith('\r') ? line[..^1] : line).ToList();
            if (text.Length == 0 || text.EndsWith('\n'))
            {
                expected.RemoveAt(expected.Count - 1);
            }

            var read = ReadAsync(text, piece).GetAwaiter().GetResult();
            Assert.Equal(expected.Select(static line => line.Length), read.Select(static line => (int)line.Length));
            Assert.Equal(
                expected.Select(static line => line.Length > Limit ? null : line),
                read.Select(static line => line.Bytes is { } bytes ? Encoding.ASCII.GetString(bytes) : null));
            Assert.Equal(Enumerable.Range(1, read.Count), read.Select(static line => (int)line.Number));
        }).QuickCheckThrowOnFailure();

    private static async Task<List<Line>> ReadAsync(string text, int piece)
    {
        var pipe = new Pipe();
        var writing = WriteAsync(pipe.Writer, text, piece);
        var lines = new List<Line>();
        await foreach (var line in LineReader.ReadAsync(pipe.Reader.AsStream(), Limit, static _ => { }, CancellationToken.None))
        {
            lines.Add(line);
        }

        await writing;
        return lines;
    }

    private static async Task WriteAsync(PipeWriter writer, string text, int piece)
    {
        foreach (var part in text.Chunk(piece))
        {
            await writer.WriteAsync(Encoding.ASCII.GetBytes(part));
            await Task.Yield();
        }

        await writer.CompleteAsync();
    }
}
