using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Network.Security;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network;

/// <summary>The reasons for which a connection ends by itself, in words.</summary>
internal static class ConnectionFault
{
    /// <summary>The stream ended.</summary>
    /// <param name="endPoint">Whose.</param>
    /// <param name="requests">What it owes.</param>
    /// <param name="mayWantSasl">It has answered the handshake and nothing else, and does not know who we are.</param>
    public static KafkaException ClosedByPeer(string endPoint, InFlightRequests requests, bool mayWantSasl = false) => Ended(
        requests.Count == 0
            ? $"{endPoint} closed the connection."
            : $"{endPoint} closed the connection with {requests.Count} requests unanswered; "
                + (mayWantSasl
                    ? "it may want SASL (Security.Sasl, security.protocol), or see the broker's log."
                    : "see the broker's log for why."),
        new EndOfStreamException(),
        requests);

    /// <summary>The transport failed.</summary>
    public static KafkaException Broken(string endPoint, Exception cause, InFlightRequests requests) =>
        Ended($"The connection to {endPoint} broke: {cause.Message}", cause, requests);

    /// <summary>What came is not what the protocol says.</summary>
    public static KafkaException Malformed(string endPoint, MalformedDataException cause) =>
        new($"{endPoint} does not answer as a Kafka broker would: {cause.Message}", cause);

    /// <summary>An answer did not come in time.</summary>
    public static KafkaException Silent(string endPoint, TimeSpan requestTimeout, TimeSpan grace)
    {
        var more = grace > TimeSpan.Zero ? $" and {Seconds(grace)} s" : "";
        return new($"{endPoint} did not answer within {Seconds(requestTimeout + grace)} s (RequestTimeout{more}).");
    }

    /// <summary>Bytes for which no answer is to come were not taken in time.</summary>
    public static KafkaException Stuck(string endPoint, TimeSpan requestTimeout) =>
        new($"{endPoint} took no bytes within {Seconds(requestTimeout)} s (RequestTimeout).");

    private static KafkaException Ended(string text, Exception cause, InFlightRequests requests) =>
        requests.OldestSince == long.MaxValue ? new IdleEndException(text, cause) : new KafkaException(text, cause);

    public static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>Why a connection could not be opened, in words that help: address, what happened, remedy.</summary>
internal static class ConnectFailure
{
    /// <summary>Makes the error for the user.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="opened">Whether the transport was through, so that the handshake failed.</param>
    /// <param name="expired">The setup timeout, if it ran out.</param>
    /// <param name="tls">What the connection was secured with; null = it was not.</param>
    public static KafkaException Explain(EndPoint endPoint, Exception cause, bool opened, TimeSpan? expired, TlsClient? tls = null)
    {
        if (cause is KafkaAuthenticationException refused)
        {
            return refused;
        }

        var where = EndPointText.Of(endPoint);
        if (expired is { } timeout)
        {
            return new ConnectTimeoutException(TooLate(where, timeout, opened, tls is not null), cause);
        }

        // With TLS 1.3 the peer's word on our certificate comes only now.
        return opened ? tls?.Explain(where, cause) ?? HandshakeFailed(where, cause, tls is not null) : ConnectFailed(where, cause);
    }

    /// <summary>Why a broker cannot be used for requests of an API; null = it can.</summary>
    public static KafkaException? Unsupported(BrokerConnection connection, ApiKey key, short maximum = short.MaxValue)
    {
        if (connection.Versions.TryPick(key, maximum, out _))
        {
            return null;
        }

        var (min, max) = ApiVersion.Supported(key);
        return new KafkaException(
            $"{connection.Name} offers {key} in versions {connection.Versions.Describe(key)}; "
            + $"this client speaks {min}-{Math.Min(max, maximum)}. Use a broker that supports one of these.");
    }

    private static string TooLate(string where, TimeSpan timeout, bool opened, bool secured)
    {
        var seconds = ConnectionFault.Seconds(timeout);
        return (opened, secured) switch
        {
            (true, _) => $"{where} accepted the connection but did not answer within {seconds} s. "
                + $"Is it a Kafka listener with{(secured ? "" : "out")} TLS? If it is only slow, raise ConnectionSetupTimeout.",
            (false, false) => $"No connection to {where} within {seconds} s: nothing answers at this address. "
                + "Check the address and firewalls, or raise ConnectionSetupTimeout.",
            (false, true) => $"No connection to {where} within {seconds} s: nothing answers at this address, or what does takes no part in "
                + "TLS. Check the address, the port and firewalls, or raise ConnectionSetupTimeout.",
        };
    }

    private static KafkaException HandshakeFailed(string where, Exception cause, bool secured) => cause switch
    {
        KafkaException { InnerException: MalformedDataException { IsTlsAlert: true } } => TlsFailure.Wanted(where, cause),
        KafkaException { InnerException: EndOfStreamException or IOException or SocketException } => new ClosedInHandshakeException(
            secured
                ? $"{where} closed the connection right after the TLS handshake: it may refuse or miss a client certificate, or want SASL. "
                    + "See the broker's log."
                : $"{where} closed the connection right after our first request: this port may want TLS or SASL, "
                    + "or is no Kafka listener. Use the port of a plaintext listener, and see the broker's log.",
            cause),
        KafkaException known => known,
        _ => new KafkaException($"The handshake with {where} failed: {cause.Message}", cause),
    };

    private static KafkaException ConnectFailed(string where, Exception cause) => cause switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new KafkaException(
            $"Nothing listens on {where} (connection refused). Is the broker running? "
            + "Check BootstrapServers, and advertised.listeners on the broker.", cause),
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => new KafkaException(
            $"The host name of {where} cannot be resolved ({cause.Message}). "
            + "Check BootstrapServers, advertised.listeners on the broker, and DNS.", cause),
        MalformedDataException malformed => ConnectionFault.Malformed(where, malformed),
        KafkaException known => known,
        _ => new KafkaException($"Cannot connect to {where}: {cause.Message} Check the address, and that the broker is running.", cause),
    };
}

/// <summary>A connection was not ready within the setup timeout: the next attempt may be given more time.</summary>
internal sealed class ConnectTimeoutException(string message, Exception innerException) : KafkaException(message, innerException);

/// <summary>The peer closed the connection instead of answering our first request.</summary>
internal sealed class ClosedInHandshakeException(string message, Exception innerException) : KafkaException(message, innerException);

/// <summary>The peer, or the network, ended a connection that owed nothing: an idle limit, or a restart. It is no trouble.</summary>
internal sealed class IdleEndException(string message, Exception innerException) : KafkaException(message, innerException);

/// <summary>
/// The reason of a connection that we close although nothing is wrong with it: it is not trouble, and not counted as such.
/// </summary>
internal sealed class IntendedCloseException(string message) : KafkaException(message);
