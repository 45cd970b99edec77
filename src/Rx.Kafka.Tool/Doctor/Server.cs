using System.Globalization;

namespace Rx.Kafka.Tool.Doctor;

/// <summary>A bootstrap server as the options name it.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Host">Name or address, without brackets.</param>
/// <param name="Port">The port.</param>
internal sealed record Server(string Text, string Host, int Port)
{
    /// <summary>Reads an address that the options have checked.</summary>
    public static Server Of(string text)
    {
        text = text.Trim().TrimEnd('/');
        var colon = text.LastIndexOf(':');
        var begin = text.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        return new Server(text, text[begin..colon].Trim('[', ']'), int.Parse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }
}
