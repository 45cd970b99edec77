namespace Rx.Kafka.Protocol.Messages;

/// <summary>A feature the whole cluster has agreed on, e.g. transaction.version.</summary>
internal readonly record struct FinalizedFeature(string Name, short MaxLevel, short MinLevel);
