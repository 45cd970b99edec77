namespace Rx.Kafka.Protocol.Messages;

/// <summary>A partition's leader and replicas.</summary>
/// <param name="ErrorCode">0 = none; with an error there may still be a leader.</param>
/// <param name="Index">The partition's number.</param>
/// <param name="LeaderId">-1 = no leader now.</param>
/// <param name="LeaderEpoch">-1 = unknown (before v7).</param>
/// <param name="Replicas">All replicas' brokers.</param>
/// <param name="InSync">Those in sync.</param>
/// <param name="Offline">Those offline; empty before v5.</param>
internal readonly record struct MetadataPartition(short ErrorCode, int Index, int LeaderId, int LeaderEpoch, int[] Replicas, int[] InSync, int[] Offline);
