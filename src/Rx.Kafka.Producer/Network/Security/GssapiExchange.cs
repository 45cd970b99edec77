using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Principal;

namespace Rx.Kafka.Network.Security;

/// <summary>GSSAPI (RFC 4752): Kerberos by the framework; then both sides agree on no further layer, which is TLS's work.</summary>
internal sealed class GssapiExchange : ISaslExchange
{
    private const byte NoLayer = 1;

    private readonly KerberosThread _kerberos;
    private readonly NegotiateAuthentication _context;
    private readonly string _principal;
    private byte[] _first = [];
    private bool _isEstablished;
    private bool _hasAgreed;

    /// <param name="kerberos">Where the system's library is called.</param>
    /// <param name="principal">The broker's: <c>service/host</c>.</param>
    public GssapiExchange(KerberosThread kerberos, string principal)
    {
        _kerberos = kerberos;
        _principal = principal;
        _context = new NegotiateAuthentication(new NegotiateAuthenticationClientOptions
        {
            Package = "Kerberos",
            Credential = CredentialCache.DefaultNetworkCredentials,
            TargetName = principal,
            RequiredProtectionLevel = ProtectionLevel.Sign, // what the agreement below is wrapped with
            RequireMutualAuthentication = true,
            AllowedImpersonationLevel = TokenImpersonationLevel.Identification,
        });
    }

    /// <summary>The library asks the KDC for the broker's ticket, and with a keytab for ours.</summary>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            _first = await _kerberos.AskAsync(() => Establish([]), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw new SaslFault($"got no ticket for {_principal}: no KDC answered within ConnectionSetupTimeout. Check the realm's kdc in "
                + "krb5.conf, and firewalls");
        }
    }

    public byte[] Begin() => _first;

    public byte[]? Next(ReadOnlySpan<byte> challenge)
    {
        if (!_isEstablished)
        {
            return Establish(challenge);
        }

        return _hasAgreed ? null : Agree(challenge);
    }

    public string Explain(string words) => words;

    public void Dispose() => _context.Dispose();

    private byte[] Establish(ReadOnlySpan<byte> challenge)
    {
        byte[]? token;
        NegotiateAuthenticationStatusCode status;
        try
        {
            token = _context.GetOutgoingBlob(challenge, out status);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException)
        {
            (token, status) = (null, NegotiateAuthenticationStatusCode.Unsupported);
        }

        _isEstablished = status == NegotiateAuthenticationStatusCode.Completed;
        return _isEstablished || status == NegotiateAuthenticationStatusCode.ContinueNeeded
            ? token ?? []
            : throw new SaslFault($"cannot be spoken to by Kerberos as {_principal} ({status}): {Remedy(status)}");
    }

    private static string Remedy(NegotiateAuthenticationStatusCode status) => status switch
    {
        NegotiateAuthenticationStatusCode.Unsupported =>
            "this system has no library for it. Install libgssapi-krb5-2 (Debian, Ubuntu) or krb5-libs (Red Hat, Alpine)",
        NegotiateAuthenticationStatusCode.UnknownCredentials =>
            "this client has no ticket, and the KDC gave it none. Run kinit, or name a keytab in KRB5_CLIENT_KTNAME",
        _ => "the ticket is out of date (klist shows it), or the KDC does not know that principal. Run kinit, or set "
            + "sasl.kerberos.service.name to the first part of the brokers' principal",
    };

    /// <summary>The broker's layers (a bit each) and 3 bytes of its buffer's size; ours is no layer, and so no buffer.</summary>
    private byte[] Agree(ReadOnlySpan<byte> challenge)
    {
        var offer = new ArrayBufferWriter<byte>();
        var status = _context.Unwrap(challenge, offer, out _);
        if (status != NegotiateAuthenticationStatusCode.Completed || offer.WrittenCount != 4)
        {
            throw new SaslFault("sent what is no offer of GSSAPI's security layers");
        }

        if ((offer.WrittenSpan[0] & NoLayer) == 0)
        {
            throw new SaslFault("demands a security layer of GSSAPI, which Kafka does not have");
        }

        var answer = new ArrayBufferWriter<byte>();
        status = _context.Wrap([NoLayer, 0, 0, 0], answer, requestEncryption: false, out _);
        _hasAgreed = true;
        return status == NegotiateAuthenticationStatusCode.Completed
            ? answer.WrittenSpan.ToArray()
            : throw new SaslFault($"could not be answered by Kerberos: {status}");
    }
}
