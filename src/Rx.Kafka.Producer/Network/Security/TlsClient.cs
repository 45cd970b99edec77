using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Rx.Kafka.Network.Security;

/// <summary>The client's side of TLS over streams that are connected. One per producer; any thread.</summary>
internal sealed class TlsClient(TlsOptions options, TimeProvider time)
{
    private volatile TlsMaterial? _material;

    /// <summary>Shakes hands.</summary>
    /// <param name="stream">The connection; it belongs to what is returned, or is closed.</param>
    /// <param name="host">Whom the broker's certificate must name.</param>
    /// <param name="where">The address, for faults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KafkaAuthenticationException">One side refuses the other.</exception>
    public async Task<SslStream> SecureAsync(Stream stream, string host, string where, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        PeerCertificate? peer = null;
        try
        {
            var material = Material(where);
            peer = new PeerCertificate(host, options.ChecksHostName, material.RootsName);
            await secure.AuthenticateAsClientAsync(Handshake(material, host, peer), cancellationToken);
            return secure.SslProtocol >= SslProtocols.Tls12 ? secure : throw new KafkaAuthenticationException(
                $"{where} speaks {secure.SslProtocol} at best; TLS 1.2 is the least. Update the broker.");
        }
        catch (Exception e)
        {
            await secure.DisposeAsync();
            throw e is OperationCanceledException or KafkaException ? e
                : peer?.Fault is { } fault ? TlsFailure.Untrusted(where, fault, e)
                : Explain(where, e) ?? TlsFailure.Ended(where, e);
        }
    }

    /// <summary>What a failure says of TLS, also one that is only seen on the first read; null = nothing.</summary>
    public KafkaAuthenticationException? Explain(string where, Exception cause) =>
        TlsFailure.Refused(where, cause, _material?.Certificate, time.GetUtcNow());

    private static SslClientAuthenticationOptions Handshake(TlsMaterial material, string host, PeerCertificate peer)
    {
        var handshake = new SslClientAuthenticationOptions
        {
            // A name with the dot of the root is the same name; in SNI and certificates it has none.
            TargetHost = host.TrimEnd('.'),
            EnabledSslProtocols = SslProtocols.None,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            AllowRenegotiation = false,
            ClientCertificateContext = material.Identity,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => peer.IsTaken(certificate, chain, errors),
        };
        if (material.Roots is { } roots)
        {
            handshake.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,

                // A broker that we do not know must not make us call addresses that its certificate names.
                DisableCertificateDownloads = true,
            };
            handshake.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        return handshake;
    }

    private TlsMaterial Material(string where)
    {
        var last = _material;
        try
        {
            return _material = TlsMaterial.Load(options, last);
        }
        catch (TlsMaterialException e)
        {
            var text = $"No TLS with {where}: {e.Message}.";

            // A file that was good is being replaced, perhaps: records wait.
            throw last is null ? new KafkaAuthenticationException(text, e) : new KafkaException(text, e);
        }
    }
}
