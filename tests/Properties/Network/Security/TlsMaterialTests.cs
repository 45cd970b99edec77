using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FsCheck;
using Rx.Kafka.Network.Security;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Network.Security;

/// <summary>Certificates and keys in the forms that tools write; what is of no use is named with its remedy, and never shown.</summary>
public sealed class TlsMaterialTests
{
    private const string Secret = "SECRET-of-the-key";
    private static readonly TestAuthority One = new("one");
    private static readonly TestAuthority Other = new("other");
    private static readonly string Identity = One.Below("between").Issue("client");

    public static TheoryData<string, TlsOptions, string> Useless => new()
    {
        { "no such file", new() { CaFile = "no-such.pem" }, "CaFile (ssl.truststore.location, ssl.ca.location) is 'no-such.pem': there is no such file" },
        { "no PEM", new() { CaPem = "MIIB" }, "CaPem (ssl.truststore.certificates, ssl.ca.pem) is neither PEM nor PKCS#12" },
        { "a key for an authority", new() { CaPem = KeyOf(Identity) }, "holds no certificate" },
        { "two authorities", new() { CaPem = One.CertificatePem, CaFile = "x" }, "CaFile and CaPem both say whom to trust" },
        { "no key", new() { CertificatePem = One.CertificatePem }, "holds no private key; give it beside the certificate" },
        { "a foreign key", new() { CertificatePem = CertificatesOf(Identity), KeyPem = KeyOf(Other.Issue("client")) }, "holds no key that fits a certificate of" },
        { "an encrypted key", new() { CertificatePem = CertificatesOf(Identity), KeyPem = Encrypted(Identity) }, "holds an encrypted key; set KeyPassword" },
        { "a wrong password", new() { CertificatePem = CertificatesOf(Identity), KeyPem = Encrypted(Identity), KeyPassword = "guess" }, "or KeyPassword (ssl.key.password) is wrong" },
        { "OpenSSL's old form", new() { CertificatePem = Identity, KeyPem = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n" }, "openssl pkcs8 -topk8" },
        { "a PFX's wrong password", new() { Pfx = Pfx(Identity), PfxPassword = "guess" }, "Pfx cannot be opened; is PfxPassword (ssl.keystore.password) right?" },
        { "a PFX without password", new() { Pfx = Pfx(Identity) }, "Pfx cannot be opened; it may want a password: set PfxPassword" },
        { "JKS", new() { Pfx = new byte[] { 0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2 } }, "keytool -importkeystore -srckeystore store.jks -destkeystore store.jks.p12 -deststoretype PKCS12" },
        { "a key alone", new() { KeyPem = KeyOf(Identity) }, "a private key is given (KeyFile or KeyPem) but no certificate for it" },
        { "two identities", new() { CertificatePem = Identity, Pfx = Pfx(Identity), PfxPassword = Secret }, "CertificatePem and Pfx each give a client certificate" },
        { "two keys", new() { CertificatePem = Identity, KeyPem = KeyOf(Identity), KeyFile = "x" }, "KeyFile and KeyPem both give a private key" },
        { "a password of nothing", new() { KeyPassword = Secret, PfxPassword = Secret, CaPassword = Secret }, "CaPassword (ssl.truststore.password) is set but there is no trust store" },
    };

    [Theory]
    [MemberData(nameof(Useless))]
    public void What_is_of_no_use_is_told_by_validation_with_its_remedy_and_without_secrets(string which, TlsOptions tls, string words)
    {
        var options = new KafkaProducerOptions { BootstrapServers = ["h:1"], Security = new SecurityOptions { Tls = tls } };
        var fault = Assert.Throws<ArgumentException>(options.Validate);
        Assert.True(fault.Message.Contains(words, StringComparison.Ordinal), $"{which}: {fault.Message}");
        Assert.DoesNotContain(Secret, fault + options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(One.CertificatePem[40..80], fault + options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var tls = new TlsOptions { CaFile = "no-such.pem", PfxFile = "no-such.p12", KeyPem = KeyOf(Identity) };
        Assert.Equal(3, TlsRules.Faults(tls).Count());
    }

    [Fact]
    public void A_transport_of_the_users_has_files_of_its_own() =>
        new KafkaProducerOptions
        {
            BootstrapServers = ["h:1"],
            Transport = new AnsweringTransport(),
            Security = new SecurityOptions { Tls = new TlsOptions { CaFile = "no-such.pem" } },
        }.Validate();

    [Property(MaxTest = 50)]
    public void Text_around_the_blocks_and_the_ends_of_lines_do_not_matter(NonNull<string> before, NonNull<string> between, bool windows, bool hasMark)
    {
        // What stands there must begin no block itself.
        var (first, second) = (before.Get.Replace('-', '_'), between.Get.Replace('-', '_'));
        var text = $"{first}\n{One.CertificatePem}\n{second}\n{Other.CertificatePem}\n{first}";
        text = windows ? text.ReplaceLineEndings("\r\n") : text;
        var roots = CertificateBytes.Certificates(Source((hasMark ? "\uFEFF" : "") + text), null, "none");
        Assert.Equal(["CN=one", "CN=other"], roots.Select(static root => root.Subject));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_certificate_of_the_key_is_found_wherever_it_stands(bool isFirst)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(Identity);
        var ordered = isFirst ? all.AsEnumerable() : all.Reverse();
        var pem = string.Join('\n', ordered.Select(static one => one.ExportCertificatePem()));
        var material = TlsMaterial.Load(new TlsOptions { CertificatePem = pem, KeyPem = KeyOf(Identity) }, null);
        Assert.Equal("CN=client", material.Certificate!.Subject);
        Assert.Equal(["CN=between"], material.Identity!.IntermediateCertificates.Select(static one => one.Subject));
    }

    [Fact]
    public void Each_form_of_a_key_is_read()
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=rsa", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var certificate = made.ExportCertificatePem();
        using var elliptic = ECDsa.Create();
        elliptic.ImportFromPem(KeyOf(Identity));
        TlsOptions[] forms =
        [
            new() { CertificatePem = certificate, KeyPem = rsa.ExportPkcs8PrivateKeyPem() },
            new() { CertificatePem = certificate, KeyPem = rsa.ExportRSAPrivateKeyPem() },
            new() { CertificatePem = certificate + "\r\n" + rsa.ExportRSAPrivateKeyPem() },
            new() { CertificatePem = CertificatesOf(Identity), KeyPem = elliptic.ExportECPrivateKeyPem() },
            new() { CertificatePem = CertificatesOf(Identity), KeyPem = Encrypted(Identity), KeyPassword = Secret },
            new() { Pfx = Pfx(Identity), PfxPassword = Secret },
        ];
        Assert.All(forms, static form => Assert.True(TlsMaterial.Load(form, null).Certificate!.HasPrivateKey));
    }

    [Fact]
    public void A_file_is_loaded_again_when_its_content_changes_and_only_then()
    {
        var file = Path.GetTempFileName();
        try
        {
            var options = new TlsOptions { CaFile = file };
            File.WriteAllText(file, One.CertificatePem);
            var first = TlsMaterial.Load(options, null);
            Assert.Same(first, TlsMaterial.Load(options, first));
            File.WriteAllText(file, Other.CertificatePem);
            Assert.Equal("CN=other", Assert.Single(TlsMaterial.Load(options, first).Roots!).Subject);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Options_show_no_secret()
    {
        var tls = new TlsOptions { CaFile = "ca.pem", KeyPem = Secret, KeyPassword = Secret, CertificatePem = Secret, CaPem = Secret, CaPassword = Secret, PfxPassword = Secret };
        var options = new KafkaProducerOptions { BootstrapServers = ["h:1"], Security = new SecurityOptions { Tls = tls } };
        Assert.DoesNotContain(Secret, $"{tls} {options.Security} {options}", StringComparison.Ordinal);
        Assert.Contains("CaFile = ca.pem", tls.ToString(), StringComparison.Ordinal);
        Assert.Contains("ssl.key.password = (not shown)", options.ToString(), StringComparison.Ordinal);
    }

    private static TlsSource Source(string text) => new("source", null, Encoding.UTF8.GetBytes(text));

    private static string KeyOf(string pem) => pem[pem.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)..];

    private static string CertificatesOf(string pem) => pem[..pem.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)];

    private static string Encrypted(string pem)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(KeyOf(pem));
        return key.ExportEncryptedPkcs8PrivateKeyPem(Secret, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }

    private static byte[] Pfx(string pem)
    {
        using var leaf = X509Certificate2.CreateFromPem(pem, pem);
        return leaf.Export(X509ContentType.Pkcs12, Secret)!;
    }
}
