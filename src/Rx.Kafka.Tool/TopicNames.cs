namespace Rx.Kafka.Tool;

/// <summary>Names that Kafka gives a topic.</summary>
internal static class TopicNames
{
    private const int Longest = 249;

    /// <summary>What <see cref="IsRight"/> asks for.</summary>
    public const string Range = "a topic name, which is 1 to 249 of [a-zA-Z0-9._-], neither \".\" nor \"..\"";

    /// <summary>Whether a broker would make a topic of this name.</summary>
    public static bool IsRight(string name) =>
        name.Length is >= 1 and <= Longest
        && name is not ("." or "..")
        && name.All(static sign => char.IsAsciiLetterOrDigit(sign) || sign is '.' or '_' or '-');
}
