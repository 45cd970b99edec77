using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing.Groups;

/// <summary>What a SyncGroup request is answered: the member's part of the leader's assignment.</summary>
internal sealed record SyncResult(short Error, byte[] Assignment)
{
    public string? ProtocolType { get; init; }

    public string? ProtocolName { get; init; }

    public static SyncResult Failed(short error) => new(error, []);

    public static SyncResult Unserved { get; } = Failed(ErrorCode.CoordinatorNotAvailable);
}
