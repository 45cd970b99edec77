namespace Rx.Kafka.Network.Security;

/// <summary>What makes TLS options invalid: those that contradict each other, then files that are of no use. All at once.</summary>
internal static class TlsRules
{
    /// <summary>The faults, each with the option and the remedy; no content of a file is shown.</summary>
    public static IEnumerable<string> Faults(TlsOptions options) => Contradictions(options).Concat(TlsMaterial.Faults(options));

    private static IEnumerable<string> Contradictions(TlsOptions options)
    {
        var identities = new (string Name, bool IsSet)[]
        {
            (nameof(options.CertificateFile), options.CertificateFile is not null),
            (nameof(options.CertificatePem), options.CertificatePem is not null),
            (nameof(options.PfxFile), options.PfxFile is not null),
            (nameof(options.Pfx), !options.Pfx.IsEmpty),
        }.Where(static source => source.IsSet).Select(static source => source.Name).ToList();
        if (identities.Count > 1)
        {
            yield return $"{string.Join(" and ", identities)} each give a client certificate; keep one of them";
        }

        if (options is { CaFile: not null, CaPem: not null })
        {
            yield return "CaFile and CaPem both say whom to trust; keep one of them";
        }

        if (options is { KeyFile: not null, KeyPem: not null })
        {
            yield return "KeyFile and KeyPem both give a private key; keep one of them";
        }

        foreach (var orphan in Orphans(options))
        {
            yield return orphan;
        }
    }

    private static IEnumerable<string> Orphans(TlsOptions options)
    {
        var hasPem = options.CertificateFile is not null || options.CertificatePem is not null;
        var hasPfx = options.PfxFile is not null || !options.Pfx.IsEmpty;
        if (!hasPem && (options.KeyFile is not null || options.KeyPem is not null))
        {
            yield return "a private key is given (KeyFile or KeyPem) but no certificate for it: set CertificateFile "
                + "(ssl.certificate.location) or CertificatePem (ssl.keystore.certificate.chain)";
        }

        if (!hasPem && !hasPfx && options.KeyPassword is not null)
        {
            yield return "KeyPassword (ssl.key.password) is set but there is no key: set CertificateFile or PfxFile, or leave it out";
        }

        if (!hasPfx && options.PfxPassword is not null)
        {
            yield return "PfxPassword (ssl.keystore.password) is set but there is no key store: set PfxFile (ssl.keystore.location), "
                + "or leave it out";
        }

        if (options is { CaPassword: not null, CaFile: null })
        {
            yield return "CaPassword (ssl.truststore.password) is set but there is no trust store: set CaFile (ssl.truststore.location), "
                + "or leave it out";
        }
    }
}
