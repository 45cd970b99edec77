using Spectre.Console;

namespace Rx.Kafka.Tool.Showing;

/// <summary>Bars and lines of characters, for a look from afar. Without Unicode they are made of ASCII.</summary>
internal static class Bars
{
    private const string Levels = " ▁▂▃▄▅▆▇█";
    private const string AsciiLevels = " .:-=+*%#";

    /// <summary>A bar of a fixed width.</summary>
    public static string Of(double part, double whole, int width, Capabilities capabilities)
    {
        var (full, rest) = capabilities.Unicode ? ('█', '░') : ('#', '.');
        var filled = whole > 0 ? (int)Math.Round(Math.Clamp(part / whole, 0, 1) * width) : 0;
        return new string(full, filled) + new string(rest, width - filled);
    }

    /// <summary>The last values side by side, the highest one at full height.</summary>
    public static string Line(IReadOnlyCollection<double> values, int width, Capabilities capabilities)
    {
        var levels = capabilities.Unicode ? Levels : AsciiLevels;
        var highest = values.DefaultIfEmpty().Max();
        return string.Concat(values.TakeLast(width).Select(value =>
            levels[highest > 0 ? (int)Math.Ceiling(Math.Clamp(value / highest, 0, 1) * (levels.Length - 1)) : 0]));
    }
}
