namespace Rx.Kafka.Network;

/// <summary>A connection was not ready within the setup timeout: the next attempt may be given more time.</summary>
internal sealed class ConnectTimeoutException(string message, Exception innerException) : KafkaException(message, innerException);
