namespace Rx.Kafka.Testing.Wire;

/// <summary>Bytes that are no request: the broker closes the connection, as Kafka does.</summary>
internal sealed class WireException(string message) : Exception(message);
