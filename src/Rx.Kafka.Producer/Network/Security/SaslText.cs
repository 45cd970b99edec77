using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network.Security;

/// <summary>Words of a peer that nobody vouches for, made fit for errors and logs.</summary>
internal static class SaslText
{
    private const string Hidden = "(not shown)";

    /// <summary>Fewer characters may be there by chance, and tell nothing.</summary>
    private const int ShortestBeginning = 4;

    /// <summary>A peer's words in one line of bounded length.</summary>
    public static string Tame(string? words) => PeerText.OneLine(words ?? string.Empty).Trim();

    /// <summary>
    /// A text without a secret in it, nor the beginning of one at its end, where it may have been cut. Call it before <see cref="Tame"/>,
    /// which cuts.
    /// </summary>
    public static string Without(string? words, string? secret)
    {
        var text = words ?? string.Empty;
        if (string.IsNullOrEmpty(secret))
        {
            return text;
        }

        text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        var end = text.EndsWith(PeerText.Cut, StringComparison.Ordinal) ? text[..^PeerText.Cut.Length] : text;
        for (var length = Math.Min(secret.Length - 1, end.Length); length >= ShortestBeginning; length--)
        {
            if (end.EndsWith(secret[..length], StringComparison.Ordinal))
            {
                return end[..^length] + Hidden;
            }
        }

        return text;
    }
}
