using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network.Security;

/// <summary>Words of a peer that nobody vouches for, made fit for errors and logs.</summary>
internal static class SaslText
{
    /// <summary>A peer's words in one line of bounded length.</summary>
    public static string Tame(string? words) => PeerText.OneLine(words ?? string.Empty).Trim();

    /// <summary>A text without a secret in it.</summary>
    public static string Without(string text, string? secret) =>
        string.IsNullOrEmpty(secret) ? text : text.Replace(secret, "(not shown)", StringComparison.Ordinal);
}
