using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing.Groups;

/// <summary>What a JoinGroup request is answered. Only the leader is told the members.</summary>
internal sealed record JoinResult(short Error, string MemberId, int Generation, string Leader)
{
    public string? ProtocolType { get; init; }

    public string? ProtocolName { get; init; }

    /// <summary>The leader came back under another id: it knows that it leads, and assigns nothing anew.</summary>
    public bool SkipAssignment { get; init; }

    public IReadOnlyList<JoinedMember> Members { get; init; } = [];

    public static JoinResult Failed(short error, string memberId = "") => new(error, memberId, -1, "");

    public static JoinResult Unserved { get; } = Failed(ErrorCode.CoordinatorNotAvailable);
}

/// <summary>A member as the leader is told of it.</summary>
internal sealed record JoinedMember(string Id, string? InstanceId, byte[] Metadata);
