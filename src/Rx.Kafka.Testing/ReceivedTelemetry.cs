namespace Rx.Kafka.Testing;

/// <summary>Metrics that a client pushed, and that were taken.</summary>
/// <param name="Broker">The broker's id.</param>
/// <param name="ClientInstanceId">What the brokers call the client.</param>
/// <param name="SubscriptionId">Which subscription it serves.</param>
/// <param name="IsTerminating">Whether the client ends with it.</param>
/// <param name="Compression">How it was compressed.</param>
/// <param name="Metrics">MetricsData v1 of OTLP (protobuf), decompressed.</param>
/// <param name="At">When it came, by the brokers' clock.</param>
public sealed record ReceivedTelemetry(int Broker, Guid ClientInstanceId, int SubscriptionId, bool IsTerminating, CompressionType Compression, ReadOnlyMemory<byte> Metrics, DateTimeOffset At);
