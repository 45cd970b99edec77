using System.Globalization;

namespace Rx.Kafka.Tool.Showing;

/// <summary>Numbers as people read them, the same on every system.</summary>
internal static class Amounts
{
    private static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A whole number, in groups of three digits.</summary>
    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>So many things, by the name of one.</summary>
    public static string Of(int count, string thing) => $"{Count(count)} {thing}{(count == 1 ? string.Empty : "s")}";

    /// <summary>Bytes, in the unit that leaves up to four digits.</summary>
    public static string Bytes(double value)
    {
        var unit = 0;
        for (; value >= 1024 && unit < Binary.Length - 1; unit++)
        {
            value /= 1024;
        }

        return $"{Digits(value, whole: unit == 0)} {Binary[unit]}";
    }

    /// <summary>A duration, in the unit that leaves up to four digits.</summary>
    public static string Time(TimeSpan value) => value switch
    {
        { TotalMilliseconds: < 1000 } => $"{Digits(value.TotalMilliseconds)} ms",
        { TotalMinutes: < 2 } => $"{Digits(value.TotalSeconds)} s",
        { TotalHours: < 2 } => $"{Digits(value.TotalMinutes)} min",
        _ => $"{Digits(value.TotalHours)} h",
    };

    /// <summary>Part of a whole; 0 of 0 is 0 %.</summary>
    public static string Percent(double part, double whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{(whole > 0 ? part / whole * 100 : 0):0} %");

    private static string Digits(double value, bool whole = false) =>
        value.ToString(whole || value >= 100 ? "N0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
