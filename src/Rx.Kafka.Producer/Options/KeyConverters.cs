using System.Globalization;

namespace Rx.Kafka.Options;

/// <summary>From a client's own way to write a value to Java's. What is no value of the client stays as it is.</summary>
internal static class KeyConverters
{
    private static readonly string ForEver = int.MaxValue.ToString(CultureInfo.InvariantCulture);

    /// <summary>Librdkafka counts its queue in KiB.</summary>
    public static string Kibibytes(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= long.MaxValue / 1024
            ? (count * 1024).ToString(CultureInfo.InvariantCulture)
            : text;

    /// <summary>Librdkafka's 0 for a timeout that never comes.</summary>
    public static string ZeroIsForEver(string text) => text is "0" ? ForEver : text;

    /// <summary>Librdkafka's -1 for an interval that never ends.</summary>
    public static string MinusOneIsForEver(string text) => text is "-1" ? ForEver : text;

    /// <summary>Librdkafka's word for looking where systems keep their authorities.</summary>
    public static string ProbeIsTheSystem(string text) => text is "probe" ? "" : text;

    /// <summary>The names of Confluent.Kafka's <c>Acks</c>, as they stand in an appsettings.json.</summary>
    public static string NamesOfAcks(string text) =>
        text.Equals("None", StringComparison.OrdinalIgnoreCase) ? "0"
        : text.Equals("Leader", StringComparison.OrdinalIgnoreCase) ? "1"
        : text;

    /// <summary>Zero, the default of librdkafka, would close and open connections all the time.</summary>
    public static string? RemarkOnZeroIdle(string text) => text is "0"
        ? "is 0, which closes a connection as soon as it is idle, as in Java; for librdkafka's never write -1"
        : null;

    /// <summary>Java's level 9 is the name of its default, which is the fast compressor.</summary>
    public static string? RemarkOnLz4Nine(string text) => text is "9"
        ? "is 9, which is the high compressor; for Java's 9, the fast one, write 1 or leave it out"
        : null;
}
