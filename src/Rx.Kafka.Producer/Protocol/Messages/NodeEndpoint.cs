namespace Rx.Kafka.Protocol.Messages;

/// <summary>Where a new leader listens, told with an answer (KIP-951).</summary>
internal readonly record struct NodeEndpoint(int NodeId, string Host, int Port, string? Rack);
