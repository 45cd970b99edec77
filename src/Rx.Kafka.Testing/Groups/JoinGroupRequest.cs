using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Groups;

/// <summary>A decoded JoinGroup request 0-9.</summary>
internal sealed record JoinGroupRequest(
    string GroupId, string MemberId, string? InstanceId, string ProtocolType, IReadOnlyList<GroupProtocol> Protocols)
{
    public TimeSpan SessionTimeout { get; init; }

    public TimeSpan RebalanceTimeout { get; init; }

    /// <summary>What a new member's id begins with.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>
    /// From version 4 on a new member is given an id first and joins with it, so that a lost answer leaves nobody in the group.
    /// </summary>
    public bool AsksForId { get; init; }

    /// <summary>From version 9 on a leader can be told not to assign.</summary>
    public bool CanSkipAssignment { get; init; }

    /// <param name="frame">What the reader reads.</param>
    /// <param name="reader">Behind the header.</param>
    /// <param name="header">The header.</param>
    public static JoinGroupRequest Read(ReadOnlyMemory<byte> frame, ref WireReader reader, RequestHeader header)
    {
        var (version, flexible) = (header.Version, header.Flexible);
        var group = reader.String(flexible);
        var session = TimeSpan.FromMilliseconds(reader.Int32());
        var rebalance = version >= 1 ? TimeSpan.FromMilliseconds(reader.Int32()) : session;
        var member = reader.String(flexible);
        var instance = version >= 5 ? reader.NullableString(flexible) : null;
        var type = reader.String(flexible);
        var protocols = new List<GroupProtocol>();
        for (var count = reader.Count(flexible); count > 0; count--)
        {
            var name = reader.String(flexible);
            var metadata = reader.Bytes(flexible) ?? throw new WireException("The metadata of a group's protocol is null.");
            reader.Tags(flexible);
            protocols.Add(new(name, frame[metadata].ToArray()));
        }

        if (version >= 8)
        {
            reader.NullableString(flexible); // Reason
        }

        reader.Tags(flexible);
        reader.End();
        return new(group, member, instance, type, protocols)
        {
            SessionTimeout = session,
            RebalanceTimeout = rebalance,
            ClientId = header.ClientId,
            AsksForId = version >= 4,
            CanSkipAssignment = version >= 9,
        };
    }
}
