using Rx.Kafka.Batching;

namespace Rx.Kafka.Admission;

/// <summary>A topic's partitions as of one snapshot, each with its channel. Immutable.</summary>
internal sealed record TopicChannels(TopicPartitions Partitions, PartitionChannel[] Channels);
