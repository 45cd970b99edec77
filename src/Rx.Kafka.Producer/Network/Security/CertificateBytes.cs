using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Rx.Kafka.Network.Security;

/// <summary>Certificates in whatever form a file has them: the content tells, not the name.</summary>
internal static class CertificateBytes
{
    private const string PemBegin = "-----BEGIN ";

    private static readonly byte[] JavaKeyStore = [0xFE, 0xED, 0xFE, 0xED];
    private static readonly byte[] JavaCryptographyKeyStore = [0xCE, 0xCE, 0xCE, 0xCE];

    /// <summary>The text, if it is PEM.</summary>
    public static string? PemText(ReadOnlyMemory<byte> bytes)
    {
        // Also what an editor saved with a byte order mark.
        using var reader = new StreamReader(new MemoryStream(bytes.ToArray()), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        var text = reader.ReadToEnd();
        return text.Contains(PemBegin, StringComparison.Ordinal) ? text : null;
    }

    /// <summary>All certificates; their keys too where the form has them.</summary>
    /// <param name="source">PEM, PKCS#12, or one DER certificate.</param>
    /// <param name="password">Of PKCS#12.</param>
    /// <param name="passwordName">The option that the password is.</param>
    /// <exception cref="TlsMaterialException">It is none of these, or the password is wrong.</exception>
    public static X509Certificate2Collection Certificates(TlsSource source, string? password, string passwordName)
    {
        if (PemText(source.Bytes) is { } text)
        {
            return FromPem(source, text);
        }

        var bytes = source.Bytes.Span;
        if (bytes.StartsWith(JavaKeyStore) || bytes.StartsWith(JavaCryptographyKeyStore))
        {
            var file = source.File ?? "store.jks";
            throw new TlsMaterialException($"{source.Subject} is a key store in the JKS form, which only Java reads. Convert it: "
                + $"keytool -importkeystore -srckeystore {file} -destkeystore {file}.p12 -deststoretype PKCS12");
        }

        return FromBinary(source, password, passwordName);
    }

    private static X509Certificate2Collection FromPem(TlsSource source, string text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw new TlsMaterialException($"{source.Subject} has a CERTIFICATE block that cannot be read: {e.Message}", e);
        }

        return certificates.Count > 0 ? certificates : throw new TlsMaterialException(
            $"{source.Subject} holds no certificate: PEM text has it between -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----");
    }

    private static X509Certificate2Collection FromBinary(TlsSource source, string? password, string passwordName)
    {
        try
        {
            return X509Certificate2.GetCertContentType(source.Bytes.Span) switch
            {
                X509ContentType.Pkcs12 => X509CertificateLoader.LoadPkcs12Collection(source.Bytes.Span, password),
                X509ContentType.Cert => [X509CertificateLoader.LoadCertificate(source.Bytes.Span)],
                _ => throw Unknown(source, null),
            };
        }
        catch (CryptographicException e) when (IsPkcs12(source))
        {
            var remedy = password is null ? $"it may want a password: set {passwordName}" : $"is {passwordName} right?";
            throw new TlsMaterialException($"{source.Subject} cannot be opened; {remedy} ({e.Message})", e);
        }
        catch (CryptographicException e)
        {
            throw Unknown(source, e);
        }
    }

    private static bool IsPkcs12(TlsSource source)
    {
        try
        {
            return X509Certificate2.GetCertContentType(source.Bytes.Span) == X509ContentType.Pkcs12;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static TlsMaterialException Unknown(TlsSource source, Exception? cause) =>
        new($"{source.Subject} is neither PEM nor PKCS#12 nor a certificate; convert it with openssl or keytool", cause);
}

/// <summary>What TLS is to be made with is of no use. The message names option, file and remedy, and shows no content.</summary>
internal sealed class TlsMaterialException(string message, Exception? innerException = null) : Exception(message, innerException);
