using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rx.Kafka.Tool.Showing;

/// <summary>Text on a console: what others wrote is neither taken for markup nor obeyed by the terminal.</summary>
internal static class Lines
{
    /// <summary>Writes lines; longer ones are broken at blanks, of which none is left at an end.</summary>
    public static void Tell(this IAnsiConsole console, string text, Style? style = null)
    {
        var whole = new Text(string.Join('\n', text.Split('\n').Select(OneLine)));
        foreach (var line in Segment.SplitLines(whole.GetSegments(console)))
        {
            console.Write(new Text(string.Concat(line.Select(static part => part.Text)).TrimEnd(), style));
            console.WriteLine();
        }
    }

    /// <summary>The text with blanks for control characters, ends of lines too.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(static sign => char.IsControl(sign) ? ' ' : sign));

    /// <summary>Fits text into a column, with a mark of what was left out.</summary>
    public static string Cut(string text, int width) => text.Length <= width ? text : string.Concat(text.AsSpan(0, width - 1), "~");
}
