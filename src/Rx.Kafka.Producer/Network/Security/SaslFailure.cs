using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network.Security;

/// <summary>Why an authentication failed, in words that name the broker, the mechanism and the remedy, and no secret.</summary>
internal static class SaslFailure
{
    /// <summary>The broker has no SASL that this client speaks.</summary>
    public static KafkaException TooOld(string broker, ApiVersionTable versions) => new(
        $"{broker} offers SaslHandshake {versions.Describe(ApiKey.SaslHandshake)} and SaslAuthenticate "
        + $"{versions.Describe(ApiKey.SaslAuthenticate)}; Kafka 1.0 or newer is needed for SASL.");

    /// <summary>The broker refused the mechanism.</summary>
    public static KafkaException Handshake(string broker, string mechanism, short code, IReadOnlyList<string> enabled) => code switch
    {
        ErrorCodes.UnsupportedSaslMechanism => new KafkaAuthenticationException(
            $"{broker} has not enabled SASL {mechanism}; it has enabled {SaslText.Tame(string.Join(", ", enabled))}. Choose one of these "
            + "(sasl.mechanism), or enable it there (sasl.enabled.mechanisms)."),
        ErrorCodes.IllegalSaslState => new KafkaAuthenticationException(
            $"{broker} takes no SASL: this is a listener of PLAINTEXT or SSL. Use the port of a SASL listener, or leave SASL out "
            + "(security.protocol)."),
        _ => new KafkaAuthenticationException(
            $"{broker} refused SASL {mechanism} with error {code} ({ErrorTable.Get(code).Name}): {ErrorTable.Get(code).Description}"),
    };

    /// <summary>The listener wants SASL, and this client has none.</summary>
    public static KafkaException Wanted(string broker, IReadOnlyList<string> enabled) => new KafkaAuthenticationException(
        $"{broker} wants SASL, and this client does not say who it is: set Security.Sasl (security.protocol=SASL_SSL or SASL_PLAINTEXT, "
        + $"sasl.mechanism and what it needs). Enabled there: {SaslText.Tame(string.Join(", ", enabled))}.");

    /// <summary>The broker refused the credential.</summary>
    public static KafkaException Refused(string broker, string who, short code, string words)
    {
        var text = words.Length == 0 ? "" : $": {words.TrimEnd('.')}";
        return code == ErrorCodes.SaslAuthenticationFailed
            ? new KafkaAuthenticationException($"{broker} refused {who}{text}. Check the credential, and that this user exists there.")
            : new KafkaAuthenticationException(
                $"{broker} refused {who} with error {code} ({ErrorTable.Get(code).Name}){text}. {ErrorTable.Get(code).Description}");
    }

    /// <summary>The broker broke the mechanism's rules.</summary>
    public static KafkaException Broken(string broker, SaslFault fault) => new KafkaAuthenticationException($"{broker} {fault.Message}.");

    /// <summary>The connection ended while the exchange was under way.</summary>
    public static KafkaException Closed(string broker, string mechanism, Exception cause) => new(
        $"{broker} closed the connection during SASL {mechanism}; see the broker's log for why.", cause);

    /// <summary>No credential could be had. The cause is neither repeated nor kept: its words may quote a secret.</summary>
    public static KafkaException NoCredential(string broker, string mechanism, Exception cause) => new KafkaAuthenticationException(
        cause switch
        {
            SaslFault fault => $"There is no credential for SASL {mechanism} to {broker}: {fault.Message}.",
            OperationCanceledException =>
                $"There is no credential for SASL {mechanism} to {broker}: it did not come in time (ConnectionSetupTimeout).",
            HttpRequestException http =>
                $"There is no credential for SASL {mechanism} to {broker}: the token endpoint cannot be asked ({http.HttpRequestError}).",
            _ => $"There is no credential for SASL {mechanism} to {broker}: getting it failed with {cause.GetType().Name}.",
        });
}
