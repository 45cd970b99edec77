namespace Rx.Kafka;

/// <summary>
/// Gets tokens of OAUTHBEARER from an authorization server with the client's own id and secret (RFC 6749, 4.4). <see cref="ToString"/> does
/// not show the secret.
/// </summary>
public sealed record OAuthClientCredentials
{
    /// <summary>
    /// Where tokens are issued (<c>sasl.oauthbearer.token.endpoint.url</c>): an absolute https address; http only on this host. Required.
    /// </summary>
    public required Uri TokenEndpoint { get; init; }

    /// <summary>The client's id (<c>sasl.oauthbearer.client.credentials.client.id</c>); not empty. Required.</summary>
    public required string ClientId { get; init; }

    /// <summary>The client's secret (<c>sasl.oauthbearer.client.credentials.client.secret</c>); not empty. Required.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>What the token shall be good for (<c>sasl.oauthbearer.scope</c>). Default null: the server's choice.</summary>
    public string? Scope { get; init; }

    /// <summary>
    /// Whether id and secret are URL-encoded before they go into the Authorization header
    /// (<c>sasl.oauthbearer.header.urlencode</c>), as RFC 6749 says and some servers refuse. Default false, as in Java.
    /// </summary>
    public bool UrlEncodesHeader { get; init; }

    /// <summary>Extensions that go with each token (<c>sasl.oauthbearer.extensions</c>). Default: none.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = OAuthToken.NoExtensions;

    /// <summary>
    /// Asks the server, for proxies and trust of your own; not disposed. It is called on <see cref="ProducerRuntime"/>'s scheduler. Default
    /// null: one made for each request.
    /// </summary>
    public HttpClient? HttpClient { get; init; }

    /// <summary>Endpoint, client and scope, without the secret.</summary>
    /// <returns>One line.</returns>
    public override string ToString() =>
        $"{nameof(OAuthClientCredentials)} {{ TokenEndpoint = {Where}, ClientId = {ClientId}, "
        + $"Scope = {Scope} }}";

    /// <summary>The endpoint without what may be secret: user, query, fragment.</summary>
    internal string? Where => TokenEndpoint is { IsAbsoluteUri: true }
        ? TokenEndpoint.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        : null;

    internal string? Fault =>
        TokenEndpoint is not { IsAbsoluteUri: true } endpoint ? "TokenEndpoint is no absolute address; write https://host/path"
        : !IsSafe(endpoint)
            ? $"TokenEndpoint begins with {endpoint.Scheme}:// and would show the secret to anybody on the way; use https "
                + "(http only on this host)"
        : string.IsNullOrEmpty(ClientId) ? "ClientId is empty"
        : string.IsNullOrEmpty(ClientSecret) ? "ClientSecret is empty"
        : null;

    private static bool IsSafe(Uri endpoint) =>
        endpoint.Scheme == Uri.UriSchemeHttps || (endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback);
}
