namespace Rx.Kafka.Testing.Groups;

/// <summary>
/// An assignor that a member knows, and what it tells the leader for it: topics, what it owns. Brokers only carry that.
/// </summary>
internal sealed record GroupProtocol(string Name, byte[] Metadata);
