namespace Rx.Kafka.Metadata;

/// <summary>A broker and where it listens.</summary>
internal sealed record BrokerNode(int Id, string Host, int Port, string? Rack);
