using System.Runtime.InteropServices;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Metadata;

/// <summary>A new leader, told by the old one with its refusal (KIP-951).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeaderHint(string Topic, int Partition, int LeaderId, int LeaderEpoch, NodeEndpoint[] EndPoints);
