namespace Rx.Kafka.Protocol.Messages;

/// <summary>A broker and where it listens. Host and port are whatever the peer sent.</summary>
internal readonly record struct MetadataBroker(int NodeId, string Host, int Port, string? Rack);
