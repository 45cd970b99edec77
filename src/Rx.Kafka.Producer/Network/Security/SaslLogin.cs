using System.Net;
using System.Security.Cryptography;
using Rx.Kafka.Options;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network.Security;

/// <summary>
/// Says to brokers who this client is: SaslHandshake, then the mechanism's messages in SaslAuthenticate, on a connection that is open and
/// not yet adopted. One per client, for all its connections; runs on their connect tasks.
/// </summary>
internal sealed class SaslLogin
{
    /// <summary>No mechanism needs more; a broker that goes on asking is none.</summary>
    private const int MostMessages = 20;

    private readonly SaslOptions _options;
    private readonly string _mechanism;
    private readonly TimeProvider _time;
    private readonly OAuthTokens? _tokens;
    private readonly KerberosThread _kerberos = new();

    public SaslLogin(SaslOptions options, TimeProvider time)
    {
        _options = options;
        _mechanism = SaslMechanisms.NameOf(options.Mechanism);
        _time = time;
        _tokens = SourceOf(options, time) is { } source ? new OAuthTokens(source, time) : null;
    }

    /// <summary>Runs the exchange.</summary>
    /// <returns>How long the broker lets us stay; null = for ever.</returns>
    /// <exception cref="KafkaAuthenticationException">The broker refused, is not who it should be, or there is no credential.</exception>
    /// <exception cref="KafkaException">The connection ended.</exception>
    public async Task<SaslSession?> RunAsync(BrokerConnection connection, ApiVersionTable versions, CancellationToken cancellationToken)
    {
        if (!versions.TryPick(ApiKey.SaslHandshake, short.MaxValue, out var handshake)
            || !versions.TryPick(ApiKey.SaslAuthenticate, short.MaxValue, out var authenticate))
        {
            throw SaslFailure.TooOld(connection.Name, versions);
        }

        var (exchange, token) = await BeginAsync(connection, cancellationToken);
        using (exchange)
        {
            try
            {
                var taken = await AskAsync(connection, new SaslHandshakeCall(_mechanism), handshake);
                return taken.ErrorCode == 0
                    ? await ExchangeAsync(connection, exchange, authenticate, cancellationToken)
                    : throw SaslFailure.Handshake(connection.Name, _mechanism, taken.ErrorCode, taken.Mechanisms);
            }
            catch (SaslFault fault)
            {
                throw SaslFailure.Broken(connection.Name, fault);
            }
            catch (KafkaAuthenticationException) when (token is not null)
            {
                _tokens?.Refused(token);
                throw;
            }
        }
    }

    private async Task<SaslSession?> ExchangeAsync(
        BrokerConnection connection, ISaslExchange exchange, short version, CancellationToken cancellationToken)
    {
        await exchange.PrepareAsync(cancellationToken);
        var message = exchange.Begin();
        for (var messages = 1; messages <= MostMessages; messages++)
        {
            var since = _time.GetTimestamp();
            var answer = await AskAsync(connection, new SaslAuthenticateCall(message), version);
            if (answer.ErrorCode != 0)
            {
                var words = SaslText.Tame(exchange.Explain(answer.ErrorMessage ?? string.Empty));
                throw SaslFailure.Refused(connection.Name, Who(), answer.ErrorCode, words);
            }

            if (exchange.Next(answer.AuthBytes) is not { } next)
            {
                return SaslSession.Of(since, answer.SessionLifetimeMs);
            }

            message = next;
        }

        throw new SaslFault($"goes on asking after {MostMessages} messages of SASL {_mechanism}");
    }

    private async Task<TResponse> AskAsync<TResponse>(BrokerConnection connection, AwaitedRequest<TResponse> request, short version)
    {
        try
        {
            return connection.TrySend(request, version)
                ? await request.Response
                : throw connection.CloseReason ?? ConnectionFault.ClosedByPeer(connection.Name, connection.Requests);
        }
        catch (KafkaException e) when (e.InnerException is EndOfStreamException or IOException or System.Net.Sockets.SocketException)
        {
            // Not what a close on ApiVersions means: that was answered.
            throw SaslFailure.Closed(connection.Name, _mechanism, e);
        }
    }

    /// <summary>Gets the credential. Who asks a user's function is this task, within the setup timeout.</summary>
    private async Task<(ISaslExchange Exchange, OAuthToken? Token)> BeginAsync(
        BrokerConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            if (_options.Mechanism == SaslMechanism.Gssapi)
            {
                return (new GssapiExchange(_kerberos, $"{_options.ServiceName}/{HostOf(connection.EndPoint)}"), null);
            }

            if (_tokens is not null)
            {
                var token = await _tokens.GetAsync(cancellationToken);
                return (new OAuthBearerExchange(token), token);
            }

            var credential = _options.Credential ?? await Abandonable.RunAsync(_options.CredentialSource!, cancellationToken);
            return credential is null ? throw new SaslFault("the function returned null instead of a credential")
                : credential.Fault is { } fault ? throw new SaslFault(fault)
                : (ExchangeOf(credential), null);
        }
        catch (Exception e)
        {
            throw SaslFailure.NoCredential(connection.Name, _mechanism, e);
        }
    }

    private ISaslExchange ExchangeOf(SaslCredential credential) => _options.Mechanism switch
    {
        SaslMechanism.ScramSha256 => new ScramExchange(credential, HashAlgorithmName.SHA256),
        SaslMechanism.ScramSha512 => new ScramExchange(credential, HashAlgorithmName.SHA512),
        _ => credential.IsDelegationToken
            ? throw new SaslFault("PLAIN takes no delegation token; use Scram256 or Scram512")
            : new PlainExchange(credential),
    };

    private string Who() => _options.Credential is { } fixedOne
        ? $"the user '{SaslText.Tame(fixedOne.UserName)}' (SASL {_mechanism})"
        : $"this client's credential (SASL {_mechanism})";

    private static Func<CancellationToken, ValueTask<OAuthToken>>? SourceOf(SaslOptions options, TimeProvider time) =>
        options.TokenSource is { } source ? source
        : options.Token is { } token ? _ => ValueTask.FromResult(token)
        : options.ClientCredentials is { } client ? new OAuthTokenRequest(client, time).SendAsync
        : options.UnsecuredSubject is { } subject ? _ => ValueTask.FromResult(UnsecuredToken.Of(subject, time.GetUtcNow()))
        : null;

    private static string HostOf(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => dns.Host,
        IPEndPoint ip => ip.Address.ToString(),
        _ => endPoint.ToString() ?? "",
    };
}
