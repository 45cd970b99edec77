using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network;

/// <summary>The reasons for which a connection ends by itself, in words.</summary>
internal static class ConnectionFault
{
    /// <summary>The stream ended.</summary>
    public static KafkaException ClosedByPeer(string endPoint, int unanswered) => new(
        unanswered == 0
            ? $"{endPoint} closed the connection."
            : $"{endPoint} closed the connection with {unanswered} requests unanswered; see the broker's log for why.",
        new EndOfStreamException());

    /// <summary>The transport failed.</summary>
    public static KafkaException Broken(string endPoint, Exception cause) =>
        new($"The connection to {endPoint} broke: {cause.Message}", cause);

    /// <summary>What came is not what the protocol says.</summary>
    public static KafkaException Malformed(string endPoint, MalformedDataException cause) =>
        new($"{endPoint} does not answer as a Kafka broker would: {cause.Message}", cause);
}
