using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rx.Kafka.Network.Security;

/// <summary>The certificate that this client shows, with its key and the certificates between it and its authority.</summary>
internal static class ClientIdentity
{
    private const string PfxPasswordName = "PfxPassword (ssl.keystore.password)";

    /// <summary>Loads it; null = the options name none.</summary>
    /// <exception cref="TlsMaterialException">It cannot be used.</exception>
    public static X509Certificate2Collection? Load(TlsSources sources, TlsOptions options)
    {
        if (sources.Pfx is { } pfx)
        {
            return CertificateBytes.PemText(pfx.Bytes) is null
                ? LeafFirst(pfx, CertificateBytes.Certificates(pfx, options.PfxPassword, PfxPasswordName))
                : FromPem(pfx, pfx, options.KeyPassword);
        }

        return sources.Certificate is { } certificate ? FromPem(certificate, sources.Key ?? certificate, options.KeyPassword) : null;
    }

    /// <summary>What the handshake sends: the first certificate, and those between it and its authority.</summary>
    public static SslStreamCertificateContext Context(X509Certificate2Collection identity) =>
        SslStreamCertificateContext.Create(identity[0], identity, offline: true);

    private static X509Certificate2Collection LeafFirst(TlsSource source, X509Certificate2Collection certificates)
    {
        var leaf = certificates.FirstOrDefault(static certificate => certificate.HasPrivateKey)
            ?? throw new TlsMaterialException($"{source.Subject} holds no private key, so it cannot say who this client is");
        return [leaf, .. certificates.Where(certificate => certificate != leaf)];
    }

    private static X509Certificate2Collection FromPem(TlsSource source, TlsSource keySource, string? password)
    {
        var certificates = CertificateBytes.Certificates(source, null, PfxPasswordName);
        var key = CertificateBytes.PemText(keySource.Bytes)
            ?? throw new TlsMaterialException($"{keySource.Subject} is no PEM text");
        if (KeyFault(key, password) is { } fault)
        {
            throw new TlsMaterialException($"{keySource.Subject} {fault}");
        }

        Exception? mismatch = null;
        foreach (var certificate in certificates)
        {
            // The key's own certificate mostly comes first, but some tools write the authority first.
            try
            {
                var leaf = WithKey(certificate, key, password);
                return [leaf, .. certificates.Where(other => other != certificate)];
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                mismatch ??= e;
            }
        }

        var passwordHint = IsEncrypted(key) ? ", or KeyPassword (ssl.key.password) is wrong" : "";
        throw new TlsMaterialException(
            $"{keySource.Subject} holds no key that fits a certificate of {source.Subject}{passwordHint}", mismatch);
    }

    private static string? KeyFault(string key, string? password) =>
        key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
            ? "holds a key that is encrypted in OpenSSL's old form; convert it: openssl pkcs8 -topk8 -in key.pem -out key8.pem"
        : !key.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
            ? "holds no private key; give it beside the certificate, or by KeyFile (ssl.key.location) or KeyPem (ssl.keystore.key)"
        : IsEncrypted(key) && password is null
            ? "holds an encrypted key; set KeyPassword (ssl.key.password)"
        : null;

    private static bool IsEncrypted(string key) => key.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal);

    private static X509Certificate2 WithKey(X509Certificate2 certificate, string key, string? password)
    {
        var text = certificate.ExportCertificatePem();
        var leaf = IsEncrypted(key)
            ? X509Certificate2.CreateFromEncryptedPem(text, key, password)
            : X509Certificate2.CreateFromPem(text, key);
        if (!OperatingSystem.IsWindows())
        {
            return leaf;
        }

        // Schannel cannot use a key that is in this process's memory only.
        using (leaf)
        {
            return X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null);
        }
    }
}
