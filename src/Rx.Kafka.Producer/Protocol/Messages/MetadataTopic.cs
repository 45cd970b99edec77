namespace Rx.Kafka.Protocol.Messages;

/// <summary>A topic and its partitions, in the order the broker sent them.</summary>
/// <param name="ErrorCode">0 = none.</param>
/// <param name="Name">Empty where the broker sent none, which it does only when asked by id.</param>
/// <param name="TopicId">Zero = unknown (before v10).</param>
/// <param name="IsInternal">Whether it is one of Kafka's own topics.</param>
/// <param name="Partitions">The partitions.</param>
internal sealed record MetadataTopic(short ErrorCode, string Name, Guid TopicId, bool IsInternal, MetadataPartition[] Partitions);
