namespace Rx.Kafka.Options;

/// <summary>The keys of TLS. Each is a row of the option table without a property of its own: they are <see cref="TlsOptions"/>.</summary>
internal static class TlsKeys
{
    private const string FileRange = "a path, or empty for none";
    private const string SecretRange = "text";
    private const string PemRange = "PEM text";

    public static IReadOnlyList<ProducerOption> Rows { get; } =
    [
        Text("ssl.truststore.location", FileRange, tls => tls.CaFile, (tls, v) => tls with { CaFile = v }, "A file of the authorities to trust instead of the system's: PEM or PKCS#12.") with { DefaultRule = "the system's" },
        Text("ssl.truststore.password", SecretRange, tls => tls.CaPassword, (tls, v) => tls with { CaPassword = v }, "The password of a PKCS#12 trust store.") with { IsSecret = true },
        Text("ssl.truststore.certificates", PemRange, tls => tls.CaPem, (tls, v) => tls with { CaPem = v }, "The authorities to trust instead of the system's.") with { IsSecret = true },
        Text("ssl.keystore.location", FileRange, tls => tls.PfxFile, (tls, v) => tls with { PfxFile = v }, "A file of this client's certificate and key: PKCS#12 or PEM."),
        Text("ssl.keystore.password", SecretRange, tls => tls.PfxPassword, (tls, v) => tls with { PfxPassword = v }, "The password of a PKCS#12 key store.") with { IsSecret = true },
        Text("ssl.certificate.location", FileRange, tls => tls.CertificateFile, (tls, v) => tls with { CertificateFile = v }, "A PEM file of this client's certificate, and of those that lead to its authority."),
        Text("ssl.keystore.certificate.chain", PemRange, tls => tls.CertificatePem, (tls, v) => tls with { CertificatePem = v }, "This client's certificate, and those that lead to its authority.") with { IsSecret = true },
        Text("ssl.key.location", FileRange, tls => tls.KeyFile, (tls, v) => tls with { KeyFile = v }, "A PEM file of this client's private key.") with { DefaultRule = "beside the certificate" },
        Text("ssl.keystore.key", PemRange, tls => tls.KeyPem, (tls, v) => tls with { KeyPem = v }, "This client's private key.") with { IsSecret = true },
        Text("ssl.key.password", SecretRange, tls => tls.KeyPassword, (tls, v) => tls with { KeyPassword = v }, "The password of a key in PEM.") with { IsSecret = true },
        HostCheck(),
        Protocols(),
        OptionKind.Choice("ssl.keystore.type", null, StoreTypes, [], static _ => true, static (_, _) => { }, "The content of the file tells."),
        OptionKind.Choice("ssl.truststore.type", null, StoreTypes, [], static _ => true, static (_, _) => { }, "The content of the file tells."),
        new("enable.ssl.certificate.verification", null, "true", "Brokers' certificates are always verified.")
        {
            Read = static _ => "true",
            Parse = static (_, text) => OptionText.Flag(text) == true
                ? null
                : $"is '{text}'; it must be true: give the authority of the brokers' certificates by ssl.ca.location instead",
        },
    ];

    // The first is Java's default, and only a name: PKCS#12 is read under it by Java too.
    private static (string Word, bool Value)[] StoreTypes => [("JKS", true), ("PKCS12", true), ("PEM", true)];

    private static ProducerOption Text(
        string key, string range, Func<TlsOptions, string?> get, Func<TlsOptions, string?, TlsOptions> set, string doc) =>
        new(key, null, range, doc)
        {
            Read = options => options.Security?.Tls is { } tls && get(tls) is { } value
                ? range == FileRange && ShownText.IsNoPath(value) ? "no path" : value
                : null,
            DefaultRule = "none",
            Parse = (options, text) =>
            {
                if (text.Length > 0)
                {
                    Change(options, tls => set(tls, text));
                }

                return null;
            },
        };

    private static ProducerOption HostCheck() => new("ssl.endpoint.identification.algorithm", null, "https, or empty or none for no check", "Whether a broker's certificate must be for the host that is connected to.")
    {
        Read = static options => options.Security?.Tls is { ChecksHostName: false } ? "" : "https",
        Parse = static (options, text) =>
        {
            bool? checks = text.ToUpperInvariant() switch { "HTTPS" => true, "" or "NONE" => false, _ => null };
            if (checks is not { } value)
            {
                return $"is '{text}'; it must be https, or empty or none for no check";
            }

            // The default alone is no wish for TLS.
            if (!value || options.Security?.Tls is not null)
            {
                Change(options, tls => tls with { ChecksHostName = value });
            }

            return null;
        },
    };

    private static ProducerOption Protocols() => new("ssl.enabled.protocols", null, "TLSv1.2 and TLSv1.3, or one of them", "The system chooses between these two.")
    {
        Read = static _ => "TLSv1.2,TLSv1.3",
        Parse = static (_, text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } names
            && names.All(static name => name is "TLSv1.2" or "TLSv1.3")
            ? null
            : $"is '{text}'; it must be TLSv1.2 and TLSv1.3, or one of them: nothing older is spoken",
    };

    private static void Change(KafkaProducerOptions options, Func<TlsOptions, TlsOptions> change)
    {
        var security = options.Security ?? new SecurityOptions();
        options.Security = security with { Tls = change(security.Tls ?? new TlsOptions()) };
    }
}
