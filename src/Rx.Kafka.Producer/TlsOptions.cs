using Rx.Kafka.Options;

namespace Rx.Kafka;

/// <summary>
/// Encryption of connections, whom to trust, and the certificate that this client shows. Versions (TLS 1.2 and 1.3) and ciphers are the
/// system's choice. A file that has changed is read again for the next connection. A value; its text shows no secret.
/// </summary>
public sealed record TlsOptions
{
    /// <summary>
    /// A file of the certificate authorities to trust instead of the system's (<c>ssl.truststore.location</c>, <c>ssl.ca.location</c>):
    /// PEM with any text around its blocks, or PKCS#12. Default null.
    /// </summary>
    public string? CaFile { get; init; }

    /// <summary>The password of a PKCS#12 file in <see cref="CaFile"/> (<c>ssl.truststore.password</c>). Default null: none.</summary>
    public string? CaPassword { get; init; }

    /// <summary>
    /// The certificate authorities to trust instead of the system's, as PEM text (<c>ssl.truststore.certificates</c>, <c>ssl.ca.pem</c>).
    /// Default null. Not together with <see cref="CaFile"/>.
    /// </summary>
    public string? CaPem { get; init; }

    /// <summary>
    /// A PEM file of this client's certificate and the intermediate ones that lead to its authority, which are sent with it
    /// (<c>ssl.certificate.location</c>). It may hold the key as well. Default null.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <summary>The same as PEM text (<c>ssl.keystore.certificate.chain</c>, <c>ssl.certificate.pem</c>). Default null.</summary>
    public string? CertificatePem { get; init; }

    /// <summary>
    /// A PEM file of the client certificate's private key (<c>ssl.key.location</c>): PKCS#8, encrypted PKCS#8, PKCS#1 or EC. Default
    /// null: the key stands beside the certificate.
    /// </summary>
    public string? KeyFile { get; init; }

    /// <summary>The same as PEM text (<c>ssl.keystore.key</c>, <c>ssl.key.pem</c>). Default null.</summary>
    public string? KeyPem { get; init; }

    /// <summary>The password of an encrypted key in PEM (<c>ssl.key.password</c>). Default null: it is not encrypted.</summary>
    public string? KeyPassword { get; init; }

    /// <summary>
    /// A file of the client's certificate, its intermediate ones and its key (<c>ssl.keystore.location</c>): PKCS#12, or PEM. Default
    /// null. A JKS key store is refused; <c>keytool -importkeystore</c> converts it.
    /// </summary>
    public string? PfxFile { get; init; }

    /// <summary>The bytes of a PKCS#12 file. Default empty: none. No Kafka key.</summary>
    public ReadOnlyMemory<byte> Pfx { get; init; }

    /// <summary>The password of <see cref="PfxFile"/> or <see cref="Pfx"/> (<c>ssl.keystore.password</c>). Default null: none.</summary>
    public string? PfxPassword { get; init; }

    /// <summary>
    /// Whether the broker's certificate must be for the host that is connected to (<c>ssl.endpoint.identification.algorithm</c>: https, or
    /// empty). Default true. With false whoever has any certificate of a trusted authority can pose as a broker; a warning is logged.
    /// </summary>
    public bool ChecksHostName { get; init; } = true;

    /// <summary>What is set; of secrets and long texts only that they are.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{nameof(TlsOptions)} {{ {string.Join(", ", Shown())} }}";

    private IEnumerable<string> Shown()
    {
        foreach (var (name, file) in new[]
        {
            (nameof(CaFile), CaFile), (nameof(CertificateFile), CertificateFile), (nameof(KeyFile), KeyFile), (nameof(PfxFile), PfxFile),
        })
        {
            if (file is not null)
            {
                yield return ShownText.IsNoPath(file) ? $"{name} is no path" : $"{name} = {file}";
            }
        }

        foreach (var (name, isSet) in new[]
        {
            (nameof(CaPem), CaPem is not null), (nameof(CaPassword), CaPassword is not null),
            (nameof(CertificatePem), CertificatePem is not null), (nameof(KeyPem), KeyPem is not null),
            (nameof(KeyPassword), KeyPassword is not null), (nameof(Pfx), !Pfx.IsEmpty), (nameof(PfxPassword), PfxPassword is not null),
        })
        {
            if (isSet)
            {
                yield return $"{name} is set";
            }
        }

        yield return $"{nameof(ChecksHostName)} = {ChecksHostName}";
    }
}
