using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Rx.Kafka.Tool.Showing;

namespace Rx.Kafka.Tool.Doctor;

/// <summary>One bootstrap server, from its name to its cluster. It stops at the first step that is not well.</summary>
internal sealed class ServerExamination(Server server, KafkaProducerOptions options, Bedside bedside) : IAsyncDisposable
{
    private IPAddress[] _addresses = [];
    private Stream? _stream;
    private VersionsQuestion? _question;
    private Task<(short Minimum, short Maximum)?>? _versions; // asked within TLS already

    /// <summary>Goes through the steps.</summary>
    /// <returns>A look at the producer that connected; null = it stopped.</returns>
    public async Task<ProducerStatus?> RunAsync() =>
        await bedside.StepAsync(Checkpoint.Name, ResolveAsync)
        && await bedside.StepAsync(Checkpoint.Connection, ConnectAsync)
        && (options.Security?.Tls is null || await bedside.StepAsync(Checkpoint.Tls, SecureAsync, WhatCame))
        && await bedside.StepAsync(Checkpoint.ApiVersions, AskVersionsAsync, WhatCame)
            ? await SignInAsync()
            : null;

    public ValueTask DisposeAsync() => _stream?.DisposeAsync() ?? default;

    private async Task<(bool IsWell, string Text)> ResolveAsync(CancellationToken cancellationToken)
    {
        try
        {
            _addresses = IPAddress.TryParse(server.Host, out var literal)
                ? [literal]
                : await Dns.GetHostAddressesAsync(server.Host, cancellationToken);
        }
        catch (SocketException fault)
        {
            return (false, $"'{server.Host}' has no address: {fault.Message}. Check the spelling, /etc/hosts, and the DNS server.");
        }

        return _addresses.Length > 0
            ? (true, string.Join(", ", _addresses.Take(4).Select(static address => address.ToString())))
            : (false, $"'{server.Host}' has no address. Check the spelling, /etc/hosts, and the DNS server.");
    }

    private async Task<(bool IsWell, string Text)> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            var socket = await Wire.ConnectAsync(_addresses, server.Port, bedside, cancellationToken);
            _stream = new NetworkStream(socket, ownsSocket: true);
            return (true, $"TCP to {socket.RemoteEndPoint}");
        }
        catch (SocketException fault)
        {
            return (false, $"{server.Text} takes no TCP connection: {fault.Message}. "
                + "Is the broker running, is this its port, and does a firewall stand between?");
        }
    }

    private async Task<(bool IsWell, string Text)> SecureAsync(CancellationToken cancellationToken)
    {
        var seen = string.Empty;
        Exception? refused = null;
        try
        {
            var secure = await Wire.LookAsync(_stream!, server.Host, options.Security!.Tls!, cancellationToken);
            _stream = secure;
            seen = Describe(secure);

            // With TLS 1.3 a broker refuses a client's certificate only after the handshake, when something is read.
            _versions = AskAsync(cancellationToken);
            await _versions;
        }
        catch (InvalidDataException)
        {
            // Somebody answered, so it is no matter of TLS: the next step tells of it.
        }
        catch (Exception fault) when (Wire.IsRefusal(fault))
        {
            refused = fault;
        }

        // Without SASL, so a refusal is one of TLS. What comes after it does not matter here.
        var fails = await bedside.ConnectAsync(options with { Security = new SecurityOptions { Tls = options.Security!.Tls } }, server);
        return fails is KafkaAuthenticationException || refused is not null
            ? (false, $"{(fails ?? refused)!.Message}{(seen.Length > 0 ? $" Seen: {seen}" : string.Empty)}")
            : (true, seen);
    }

    private async Task<(bool IsWell, string Text)> AskVersionsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await (_versions ?? AskAsync(cancellationToken)) is var (minimum, maximum)
                ? (true, $"Produce {minimum} to {maximum}")
                : (false, $"{server.Text} offers no Produce: it is a controller or another service. Use the port of a broker.");
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or SocketException)
        {
            var seen = $"{server.Text} did not answer as a Kafka broker: {fault.Message}.";
            var explained = await bedside.ConnectAsync(options, server);

            // Who sends something slowly leaves the producer without an answer, and that would hide what was seen.
            return (false, explained is null ? seen
                : fault is InvalidDataException && explained is not KafkaAuthenticationException ? $"{seen} {explained.Message}"
                : explained.Message);
        }
    }

    private Task<(short Minimum, short Maximum)?> AskAsync(CancellationToken cancellationToken)
    {
        _question = new VersionsQuestion(_stream!);
        return _question.AskAsync(cancellationToken);
    }

    private string? WhatCame() => _question?.Received is > 0 and var bytes
        ? $"Only {Amounts.Of(bytes, "byte")} came within {bedside.Patience.TotalSeconds} s (--timeout), and they are not Kafka's: a "
            + "broker answers at once and as a whole. Is this the port of another service?"
        : null;

    private async Task<ProducerStatus?> SignInAsync()
    {
        using var watch = new SignInWatch(bedside.Time);
        await using var producer = new KafkaProducer(options with { BootstrapServers = [server.Text] }, watch);
        var fault = await bedside.ConnectAsync(producer);
        var status = producer.GetStatus();
        var sasl = options.Security?.Sasl;
        if (sasl is not null)
        {
            var isIn = watch.SignedIn is not null;
            bedside.Tell(new Finding(
                Checkpoint.Sasl, isIn, isIn || fault is null ? NameOf(sasl.Mechanism) : fault.Message, watch.SignedIn ?? watch.Elapsed));
            if (!isIn)
            {
                return null;
            }
        }

        bedside.Tell(new Finding(
            Checkpoint.Metadata,
            fault is null,
            fault?.Message ?? $"cluster {status.ClusterId ?? "(without id)"}, {Amounts.Of(status.ClusterBrokers.Count, "broker")}",
            watch.Elapsed - (watch.SignedIn ?? TimeSpan.Zero)));
        return fault is null ? status : null;
    }

    private static string NameOf(SaslMechanism mechanism) => mechanism switch
    {
        SaslMechanism.Plain => "PLAIN",
        SaslMechanism.ScramSha256 => "SCRAM-SHA-256",
        SaslMechanism.ScramSha512 => "SCRAM-SHA-512",
        SaslMechanism.OAuthBearer => "OAUTHBEARER",
        SaslMechanism.Gssapi => "GSSAPI",
        _ => mechanism.ToString(),
    };

    private static string Describe(SslStream secure)
    {
        const int MostShown = 120;
        using var certificate = new System.Security.Cryptography.X509Certificates.X509Certificate2(secure.RemoteCertificate!);
        return FormattableString.Invariant(
            $"{secure.SslProtocol}, {Lines.Cut(certificate.Subject, MostShown)} of {Lines.Cut(certificate.Issuer, MostShown)}, ")
            + FormattableString.Invariant($"{certificate.NotBefore:yyyy-MM-dd} to {certificate.NotAfter:yyyy-MM-dd}");
    }
}
