using System.Globalization;

namespace Rx.Kafka.Integration.RealKafka;

/// <summary>A file of a million lines <c>STREAM SEQ text</c>, the streams by turns; made when first asked for.</summary>
public sealed class LinesFile : IDisposable
{
    public const int Streams = 100;

    public const int PerStream = 10_000;

    public const int Lines = Streams * PerStream;

    private readonly Lazy<string> _path = new(Make);

    public string FilePath => _path.Value;

    /// <summary>Writes the lines from one to before another.</summary>
    public static async Task WriteAsync(TextWriter output, int from, int to)
    {
        for (var line = from; line < to; line++)
        {
            await output.WriteAsync(Line(line));
        }

        await output.FlushAsync();
    }

    public void Dispose()
    {
        if (_path.IsValueCreated)
        {
            File.Delete(_path.Value);
        }
    }

    private static string Line(int line) =>
        string.Create(CultureInfo.InvariantCulture, $"{line % Streams} {line / Streams} the quick brown fox jumps over the lazy dog {line}\n");

    private static string Make()
    {
        var path = Path.GetTempFileName();
        using var output = new StreamWriter(path);
        for (var line = 0; line < Lines; line++)
        {
            output.Write(Line(line));
        }

        return path;
    }
}
