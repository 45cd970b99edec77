namespace Rx.Kafka.Network.Security;

/// <summary>
/// What a peer said when it ended TLS. The frameworks of the systems tell it as text alone, and with TLS 1.3 only after the handshake is
/// through for us: on the first read.
/// </summary>
internal static class TlsAlert
{
    private static readonly string[] OfCertificate =
    [
        "bad certificate", "unsupported certificate", "certificate revoked", "certificate expired", "certificate unknown", "unknown ca",
        "access denied", "decrypt error", "certificate required",
    ];

    private static readonly string[] OfAgreement =
    [
        "handshake failure", "protocol version", "insufficient security", "illegal parameter", "unrecognized name", "missing extension",
        "no application protocol", "internal error", "decode error",
    ];

    /// <summary>The peer's word for its reason, such as <c>unknown ca</c>; null = it said none.</summary>
    public static string? In(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            var text = error.Message.Replace('_', ' ');
            var alert = text.IndexOf("alert ", StringComparison.OrdinalIgnoreCase);
            if (alert >= 0)
            {
                var rest = text[(alert + "alert ".Length)..];
                return OfCertificate.Concat(OfAgreement).FirstOrDefault(word => rest.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                    ?? "an alert";
            }
        }

        return null;
    }

    /// <summary>Whether the reason is the client's certificate.</summary>
    public static bool IsOfCertificate(string alert) => Array.IndexOf(OfCertificate, alert) >= 0;
}
