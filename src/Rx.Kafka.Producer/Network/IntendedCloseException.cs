namespace Rx.Kafka.Network;

/// <summary>The reason of a connection that we close although nothing is wrong with it: it is not trouble, and not counted as such.</summary>
internal sealed class IntendedCloseException(string message) : KafkaException(message);
