namespace Rx.Kafka;

/// <summary>A token of OAUTHBEARER. <see cref="ToString"/> does not show its value.</summary>
/// <param name="Value">The token as it is sent, usually a JWT; printable ASCII without blanks.</param>
/// <param name="ExpiresAt">When it ends. After 80 % of the time until then the next connection asks for another one.</param>
public sealed record OAuthToken(string Value, DateTimeOffset ExpiresAt)
{
    /// <summary>Extensions (KIP-342) such as <c>logicalCluster</c>: names of letters only, not <c>auth</c>. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = NoExtensions;

    internal static IReadOnlyDictionary<string, string> NoExtensions { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>When it ends, without the value.</summary>
    /// <returns>One line.</returns>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(OAuthToken)} {{ ExpiresAt = {ExpiresAt:O} }}");
}
