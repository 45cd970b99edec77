using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rx.Kafka.Testing;

/// <summary>A certificate authority in memory, for tests of TLS. Its keys are ECDSA P-256; nothing is stored.</summary>
public sealed class TestAuthority
{
    private const int SerialBytes = 12;
    private static readonly TimeSpan Back = TimeSpan.FromDays(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    private readonly X509Certificate2 _certificate;
    private readonly string _chainPem; // of the intermediate ones; empty for a root

    /// <summary>Makes a root authority.</summary>
    /// <param name="name">Its common name.</param>
    public TestAuthority(string name)
        : this(name, issuer: null)
    {
    }

    private TestAuthority(string name, TestAuthority? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        var (from, to) = (Now - Back, Now + Lifetime);
        using var made = issuer is null ? request.CreateSelfSigned(from, to) : request.Create(issuer._certificate, from, new DateTimeOffset(issuer._certificate.NotAfter), Serial());
        _certificate = issuer is null ? X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null) : made.CopyWithPrivateKey(key);
        _chainPem = issuer is null ? string.Empty : CertificatePem + '\n' + issuer._chainPem;
    }

    /// <summary>The authority's own certificate, in PEM.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Makes an authority below this one: what it issues carries the certificates in between.</summary>
    /// <param name="name">Its common name.</param>
    /// <returns>The new authority.</returns>
    public TestAuthority Below(string name) => new(name, this);

    /// <summary>Issues a certificate with a new key.</summary>
    /// <param name="name">The common name, to Kafka <c>User:CN=name</c>.</param>
    /// <param name="hosts">The names and IP addresses that it is for, as a server's; null = none.</param>
    /// <param name="validity">How long it is valid from a day ago on; null = two days. At most a day: it has expired.</param>
    /// <returns>PEM text: the certificate, those between it and the root, and the key in PKCS#8.</returns>
    public string Issue(string name, IEnumerable<string>? hosts = null, TimeSpan? validity = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        if (hosts is not null)
        {
            request.CertificateExtensions.Add(Names(hosts));
        }

        var from = Now - Back;
        using var made = request.Create(_certificate, from, from + (validity ?? (2 * Back)), Serial());
        return $"{made.ExportCertificatePem()}\n{_chainPem}{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    /// <summary>The name alone: keys are not shown.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{nameof(TestAuthority)} {{ {_certificate.Subject} }}";

    internal X509Certificate2 Root => _certificate;

    private static CertificateRequest Request(string name, ECDsa key) => new(new X500DistinguishedName($"CN={name}"), key, HashAlgorithmName.SHA256);

    private static X509Extension Names(IEnumerable<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        return names.Build();
    }

    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] &= 0x7F; // positive
        return serial;
    }
}
