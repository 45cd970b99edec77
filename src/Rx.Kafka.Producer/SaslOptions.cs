namespace Rx.Kafka;

/// <summary>
/// How the producer proves to brokers who it is. Made by one of the methods here; those with a function ask it for each new connection, so
/// what it returns may change while the producer runs. Functions are called on <see cref="ProducerRuntime"/>'s scheduler, within
/// <see cref="KafkaProducerOptions.ConnectionSetupTimeout"/>, perhaps several at once; what they throw fails the attempt. <see
/// cref="ToString"/> shows no secret. Immutable.
/// </summary>
public sealed record SaslOptions
{
    private SaslOptions(SaslMechanism mechanism) => Mechanism = mechanism;

    /// <summary>The mechanism (<c>sasl.mechanism</c>).</summary>
    public SaslMechanism Mechanism { get; }

    internal SaslCredential? Credential { get; private init; }

    internal Func<CancellationToken, ValueTask<SaslCredential>>? CredentialSource { get; private init; }

    internal OAuthToken? Token { get; private init; }

    internal Func<CancellationToken, ValueTask<OAuthToken>>? TokenSource { get; private init; }

    internal OAuthClientCredentials? ClientCredentials { get; private init; }

    /// <summary>Whose token is made here, unsigned.</summary>
    internal string? UnsecuredSubject { get; private init; }

    /// <summary>What comes before the host in the broker's principal.</summary>
    internal string? ServiceName { get; private init; }

    /// <summary>PLAIN with a fixed user and password.</summary>
    /// <param name="userName">The user (<c>sasl.username</c>); not empty.</param>
    /// <param name="password">The password (<c>sasl.password</c>); not empty.</param>
    /// <exception cref="ArgumentException">Either is empty or holds NUL.</exception>
    public static SaslOptions Plain(string userName, string password) => Of(SaslMechanism.Plain, new SaslCredential(userName, password));

    /// <summary>PLAIN with what a function returns for each new connection.</summary>
    /// <param name="credentials">Returns user and password.</param>
    public static SaslOptions Plain(Func<CancellationToken, ValueTask<SaslCredential>> credentials) => Of(SaslMechanism.Plain, credentials);

    /// <summary>SCRAM-SHA-256 with a fixed user and password.</summary>
    /// <inheritdoc cref="Plain(string, string)"/>
    public static SaslOptions Scram256(string userName, string password) =>
        Of(SaslMechanism.ScramSha256, new SaslCredential(userName, password));

    /// <summary>SCRAM-SHA-256 with what a function returns for each new connection: a user, or a delegation token.</summary>
    /// <inheritdoc cref="Plain(Func{CancellationToken, ValueTask{SaslCredential}})"/>
    public static SaslOptions Scram256(Func<CancellationToken, ValueTask<SaslCredential>> credentials) =>
        Of(SaslMechanism.ScramSha256, credentials);

    /// <summary>SCRAM-SHA-512 with a fixed user and password.</summary>
    /// <inheritdoc cref="Plain(string, string)"/>
    public static SaslOptions Scram512(string userName, string password) =>
        Of(SaslMechanism.ScramSha512, new SaslCredential(userName, password));

    /// <summary>SCRAM-SHA-512 with what a function returns for each new connection: a user, or a delegation token.</summary>
    /// <inheritdoc cref="Plain(Func{CancellationToken, ValueTask{SaslCredential}})"/>
    public static SaslOptions Scram512(Func<CancellationToken, ValueTask<SaslCredential>> credentials) =>
        Of(SaslMechanism.ScramSha512, credentials);

    /// <summary>A delegation token (KIP-48), over SCRAM-SHA-256. For one that is renewed use the form of SCRAM with a function.</summary>
    /// <param name="tokenId">The token's id; not empty.</param>
    /// <param name="hmac">Its HMAC as the broker printed it; not empty.</param>
    /// <exception cref="ArgumentException">Either is empty or holds NUL.</exception>
    public static SaslOptions DelegationToken(string tokenId, string hmac) =>
        Of(SaslMechanism.ScramSha256, new SaslCredential(tokenId, hmac) { IsDelegationToken = true });

    /// <summary>OAUTHBEARER with a fixed token. When it has ended, connecting fails.</summary>
    /// <param name="token">The token.</param>
    public static SaslOptions OAuthBearer(OAuthToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new(SaslMechanism.OAuthBearer) { Token = token };
    }

    /// <summary>
    /// OAUTHBEARER with the tokens that a function returns. It is called when a connection is made and no token is there, or the last one
    /// has used 80 % of its time or was refused.
    /// </summary>
    /// <param name="token">Returns a token.</param>
    public static SaslOptions OAuthBearer(Func<CancellationToken, ValueTask<OAuthToken>> token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new(SaslMechanism.OAuthBearer) { TokenSource = token };
    }

    /// <summary>OAUTHBEARER with tokens of an authorization server, asked for when a function would be.</summary>
    /// <param name="client">The server, and who asks.</param>
    /// <exception cref="ArgumentException">The endpoint is no safe address, or id or secret is empty.</exception>
    public static SaslOptions OAuthBearer(OAuthClientCredentials client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.Fault is { } fault
            ? throw new ArgumentException($"The OAuth client is faulty: {fault}.", nameof(client))
            : new(SaslMechanism.OAuthBearer) { ClientCredentials = client };
    }

    /// <summary>
    /// OAUTHBEARER with tokens that are made here and that nobody has signed, each good for an hour. For tests: only brokers that check no
    /// signature take them.
    /// </summary>
    /// <param name="subject">Who the client says it is; not empty.</param>
    /// <exception cref="ArgumentException">The subject is empty.</exception>
    public static SaslOptions OAuthBearerUnsecured(string subject)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        return new(SaslMechanism.OAuthBearer) { UnsecuredSubject = subject };
    }

    /// <summary>
    /// GSSAPI with the Kerberos tickets that the operating system has for this process: a ticket cache (<c>kinit</c>), a keytab
    /// (environment variable <c>KRB5_CLIENT_KTNAME</c>), or on Windows the logon. On Linux the library libgssapi-krb5-2 (Debian) or
    /// krb5-libs (Red Hat, Alpine) must be installed; container images of .NET do not have it.
    /// </summary>
    /// <param name="serviceName">The first part of the brokers' principal (<c>sasl.kerberos.service.name</c>); the host follows it. Default
    /// <c>kafka</c>.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static SaslOptions Gssapi(string serviceName = "kafka")
    {
        ArgumentException.ThrowIfNullOrEmpty(serviceName);
        return new(SaslMechanism.Gssapi) { ServiceName = serviceName };
    }

    /// <summary>The mechanism, and the user where it is fixed.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{nameof(SaslOptions)} {{ Mechanism = {Mechanism}, UserName = {Credential?.UserName} }}";

    internal static SaslOptions Of(SaslMechanism mechanism, SaslCredential credential) => credential.Fault is { } fault
        ? throw new ArgumentException($"The credential for SASL {mechanism} is faulty: {fault}.", nameof(credential))
        : new(mechanism) { Credential = credential };

    private static SaslOptions Of(SaslMechanism mechanism, Func<CancellationToken, ValueTask<SaslCredential>> credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        return new(mechanism) { CredentialSource = credentials };
    }
}
