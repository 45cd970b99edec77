namespace Rx.Kafka.Testing;

/// <summary>How embedded brokers on sockets speak TLS. In a simulation there is none.</summary>
public sealed record EmbeddedTlsOptions
{
    /// <summary>Who vouches for the brokers' certificates, and for clients'. Default: an authority of its own; its <see cref="TestAuthority.CertificatePem"/> is for <c>TlsOptions.CaPem</c>.</summary>
    public TestAuthority Authority { get; init; } = new("Embedded Kafka");

    /// <summary>The names and addresses that the brokers' certificate is for. Default: <c>localhost</c> and <c>127.0.0.1</c>.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = ["localhost", "127.0.0.1"];

    /// <summary>For how long the brokers' certificate is valid from a day ago on. Default: two days; at most one: it has expired.</summary>
    public TimeSpan Validity { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Whether a client must show a certificate of <see cref="Authority"/> (<c>ssl.client.auth=required</c>). Default: false, none is asked for. A client that is refused is disconnected; on some systems, Linux among them, without the alert that Kafka sends.</summary>
    public bool RequiresClientCertificate { get; init; }
}
