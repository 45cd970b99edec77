using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Groups;

/// <summary>A decoded SyncGroup request 0-5; only the leader's carries assignments.</summary>
internal sealed record SyncGroupRequest(string GroupId, Membership From, IReadOnlyList<(string MemberId, byte[] Assignment)> Assignments)
{
    public string? ProtocolType { get; init; }

    public string? ProtocolName { get; init; }

    public static SyncGroupRequest Read(ReadOnlyMemory<byte> frame, ref WireReader reader, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.SyncGroup, version);
        var group = reader.String(flexible);
        var generation = reader.Int32();
        var member = reader.String(flexible);
        var instance = version >= 3 ? reader.NullableString(flexible) : null;
        var type = version >= 5 ? reader.NullableString(flexible) : null;
        var name = version >= 5 ? reader.NullableString(flexible) : null;
        var assignments = new List<(string, byte[])>();
        for (var count = reader.Count(flexible); count > 0; count--)
        {
            var assigned = reader.String(flexible);
            var assignment = reader.Bytes(flexible) ?? throw new WireException("An assignment is null.");
            reader.Tags(flexible);
            assignments.Add((assigned, frame[assignment].ToArray()));
        }

        reader.Tags(flexible);
        reader.End();
        return new(group, new(member, instance, generation), assignments) { ProtocolType = type, ProtocolName = name };
    }
}
