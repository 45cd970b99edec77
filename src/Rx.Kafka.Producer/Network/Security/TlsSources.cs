using Rx.Kafka.Options;

namespace Rx.Kafka.Network.Security;

/// <summary>One thing that TLS is made with.</summary>
/// <param name="Name">The option and its key.</param>
/// <param name="File">The path; null = it was given in memory.</param>
/// <param name="Bytes">What stands there.</param>
internal sealed record TlsSource(string Name, string? File, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>How a fault begins; it never shows the content.</summary>
    public string Subject => File is null ? Name : $"{Name} = '{File}'";

    public bool HasSameBytes(TlsSource? other) => other is not null && Bytes.Span.SequenceEqual(other.Bytes.Span);
}

/// <summary>All that the options name, as it is now. Files are small, and read for each connection: none that changed is missed.</summary>
internal sealed class TlsSources
{
    public const string CaName = "CaFile (ssl.truststore.location, ssl.ca.location)";
    public const string CertificateName = "CertificateFile (ssl.certificate.location)";
    public const string KeyName = "KeyFile (ssl.key.location)";
    public const string PfxName = "PfxFile (ssl.keystore.location)";

    private TlsSources(TlsSource? ca, TlsSource? certificate, TlsSource? key, TlsSource? pfx)
    {
        Ca = ca;
        Certificate = certificate;
        Key = key;
        Pfx = pfx;
    }

    public TlsSource? Ca { get; }

    public TlsSource? Certificate { get; }

    public TlsSource? Key { get; }

    public TlsSource? Pfx { get; }

    /// <summary>Reads everything.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="faults">Gets a sentence for each file that cannot be read.</param>
    public static TlsSources Read(TlsOptions options, ICollection<string> faults) => new(
        FromFile(CaName, options.CaFile, faults) ?? FromText("CaPem (ssl.truststore.certificates, ssl.ca.pem)", options.CaPem),
        FromFile(CertificateName, options.CertificateFile, faults)
            ?? FromText("CertificatePem (ssl.keystore.certificate.chain, ssl.certificate.pem)", options.CertificatePem),
        FromFile(KeyName, options.KeyFile, faults) ?? FromText("KeyPem (ssl.keystore.key, ssl.key.pem)", options.KeyPem),
        FromFile(PfxName, options.PfxFile, faults) ?? (options.Pfx.IsEmpty ? null : new TlsSource("Pfx", null, options.Pfx)));

    /// <summary>Whether nothing has changed.</summary>
    public bool AreSameAs(TlsSources other) =>
        IsSame(Ca, other.Ca) && IsSame(Certificate, other.Certificate) && IsSame(Key, other.Key) && IsSame(Pfx, other.Pfx);

    private static bool IsSame(TlsSource? one, TlsSource? other) => one is null ? other is null : one.HasSameBytes(other);

    private static TlsSource? FromText(string name, string? text) =>
        text is null ? null : new TlsSource(name, null, System.Text.Encoding.UTF8.GetBytes(text));

    private static TlsSource? FromFile(string name, string? file, ICollection<string> faults)
    {
        if (file is null)
        {
            return null;
        }

        if (ShownText.IsNoPath(file))
        {
            faults.Add($"{name} is {file.Length} characters of text, not shown; it must be a path. What stands in such a file is given by "
                + "CaPem, CertificatePem, KeyPem (ssl.ca.pem, ssl.certificate.pem, ssl.key.pem) or Pfx");
            return null;
        }

        try
        {
            return new TlsSource(name, file, File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var why = e is FileNotFoundException or DirectoryNotFoundException
                ? "there is no such file; check the path"
                    + (Path.IsPathRooted(file) ? "" : ", which begins in the directory that the process runs in")
                : $"it cannot be read: {e.Message}";
            faults.Add($"{name} is '{file}': {why}");
            return null;
        }
    }
}
