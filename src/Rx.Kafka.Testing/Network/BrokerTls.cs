using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Rx.Kafka.Testing.Network;

/// <summary>The brokers' side of TLS.</summary>
internal sealed class BrokerTls
{
    private readonly SslServerAuthenticationOptions _options;

    public BrokerTls(EmbeddedTlsOptions options)
    {
        var pem = options.Authority.Issue("broker", options.Hosts, options.Validity);
        using var made = X509Certificate2.CreateFromPem(pem, pem);

        // Windows cannot serve with a key that was never in a container.
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(pem);
        _options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            ClientCertificateRequired = options.RequiresClientCertificate,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = Trusting(options.Authority),
        };
    }

    /// <summary>Shakes hands with a client.</summary>
    /// <exception cref="Exception">It does not come about.</exception>
    public async Task<Stream> SecureAsync(Stream stream, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsServerAsync(_options, cancellationToken);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private static X509ChainPolicy Trusting(TestAuthority authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.Add(authority.Root);
        return policy;
    }
}
