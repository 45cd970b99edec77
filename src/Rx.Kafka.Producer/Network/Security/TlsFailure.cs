using System.Globalization;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Rx.Kafka.Network.Security;

/// <summary>Why TLS was in vain, in words that help.</summary>
internal static class TlsFailure
{
    /// <summary>The broker's certificate was refused by us.</summary>
    public static KafkaAuthenticationException Untrusted(string where, string fault, Exception cause) =>
        new($"TLS with {where} failed: {fault}.", cause);

    /// <summary>What the peer or the system said; null = it is no matter of TLS.</summary>
    /// <param name="where">The address.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="own">The certificate that we show; null = none.</param>
    /// <param name="now">The time, for one that is out of date.</param>
    public static KafkaAuthenticationException? Refused(string where, Exception cause, X509Certificate2? own, DateTimeOffset now)
    {
        if (TlsAlert.In(cause) is { } alert)
        {
            var reason = own is null ? WithoutCertificate(alert) : TlsAlert.IsOfCertificate(alert) ? Certificate(own, now) : Agreement;
            return new KafkaAuthenticationException($"{where} refused TLS ({alert}): {reason}.", cause);
        }

        return cause is AuthenticationException
            ? new KafkaAuthenticationException($"TLS with {where} failed: {Innermost(cause).Message} {PlainPort}.", cause)
            : null;
    }

    /// <summary>The peer hung up in the middle of the handshake, without a word.</summary>
    public static KafkaException Ended(string where, Exception cause) => new TlsEndedException(
        $"{where} closed the connection during the TLS handshake. Is the broker starting or stopping? Or is this no port of "
            + "a listener with TLS?", cause);

    /// <summary>The peer answers in TLS, and we spoke plain text.</summary>
    public static KafkaAuthenticationException Wanted(string where, Exception cause) => new(
        $"{where} wants TLS and got plain text: set security.protocol=SSL or SASL_SSL (SecurityOptions.Tls), or use the port of a "
        + "plaintext listener.", cause);

    /// <summary>The peer answers in plain text, and we want TLS.</summary>
    public static KafkaAuthenticationException NotSpoken(string where, Exception cause) => new(
        $"{where} speaks no TLS: it is a plaintext listener. Use the port of one with TLS (SSL or SASL_SSL), or leave TLS out "
        + "(security.protocol=PLAINTEXT or SASL_PLAINTEXT).", cause);

    private const string PlainPort = "Is it the port of a listener with TLS (SSL or SASL_SSL)? One without closes or answers so";

    private const string Agreement =
        "no version and cipher of TLS suits both sides; TLS 1.2 and 1.3 are offered, with this system's ciphers";

    private static string WithoutCertificate(string alert) =>
        $"the broker wants a client certificate (ssl.client.auth=required), and none is set: set CertificateFile "
        + "(ssl.certificate.location) or PfxFile (ssl.keystore.location)" + (TlsAlert.IsOfCertificate(alert) ? "" : $". Or {Agreement}");

    private static string Certificate(X509Certificate2 own, DateTimeOffset now)
    {
        var dates = $"valid from {Date(own.NotBefore)} to {Date(own.NotAfter)}";
        var outOfDate = now < new DateTimeOffset(own.NotBefore) || now > new DateTimeOffset(own.NotAfter);
        return outOfDate
            ? $"the client certificate '{own.Subject}' is out of date ({dates}); renew it"
            : $"it does not take the client certificate '{own.Subject}' of '{own.Issuer}', {dates}; use one of an authority that the "
                + "broker's trust store has";
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    private static string Date(DateTime time) => time.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
}

/// <summary>The peer hung up during the handshake.</summary>
internal sealed class TlsEndedException(string message, Exception innerException) : KafkaException(message, innerException);
