using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Rx.Kafka.Network.Security;

/// <summary>What a handshake needs, loaded: whom to trust, and whom to be. Immutable; shared by connections.</summary>
internal sealed class TlsMaterial
{
    private readonly TlsSources _sources;

    private TlsMaterial(TlsSources sources, X509Certificate2Collection? roots, X509Certificate2Collection? identity)
    {
        _sources = sources;
        Roots = roots;
        Certificate = identity?[0];
        Identity = identity is null ? null : ClientIdentity.Context(identity);
    }

    /// <summary>The authorities to trust; null = the system's.</summary>
    public X509Certificate2Collection? Roots { get; }

    /// <summary>What is sent; null = no certificate.</summary>
    public SslStreamCertificateContext? Identity { get; }

    /// <summary>The client's own certificate.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>Where the authorities stand, for faults.</summary>
    public string RootsName => _sources.Ca?.Subject ?? "the system's certificate store";

    /// <summary>Reads what the options name, and loads it if it is not what was loaded last.</summary>
    /// <exception cref="TlsMaterialException">It cannot be used; all faults in one message.</exception>
    public static TlsMaterial Load(TlsOptions options, TlsMaterial? last)
    {
        var faults = new List<string>();
        var sources = TlsSources.Read(options, faults);
        if (faults.Count == 0 && last is not null && sources.AreSameAs(last._sources))
        {
            return last;
        }

        return TryLoad(options, sources, faults) ?? throw new TlsMaterialException(string.Join("; ", faults));
    }

    /// <summary>What makes options of no use, with the file and the remedy, all at once.</summary>
    public static IReadOnlyList<string> Faults(TlsOptions options)
    {
        var faults = new List<string>();
        TryLoad(options, TlsSources.Read(options, faults), faults);
        return faults;
    }

    private static TlsMaterial? TryLoad(TlsOptions options, TlsSources sources, List<string> faults)
    {
        var roots = Guarded(() => sources.Ca is { } ca
            ? CertificateBytes.Certificates(ca, options.CaPassword, "CaPassword (ssl.truststore.password)")
            : null);
        var identity = Guarded(() => ClientIdentity.Load(sources, options));
        return faults.Count == 0 ? new TlsMaterial(sources, roots, identity) : null;

        X509Certificate2Collection? Guarded(Func<X509Certificate2Collection?> load)
        {
            try
            {
                return load();
            }
            catch (TlsMaterialException e)
            {
                faults.Add(e.Message);
                return null;
            }
        }
    }
}
