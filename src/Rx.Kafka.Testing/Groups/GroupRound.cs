using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing.Groups;

/// <summary>
/// The rebalances of a group, one after the other: members join, the leader assigns, each gets its part. Each completed one is a
/// generation.
/// </summary>
internal sealed class GroupRound
{
    private string? _leader;

    public EmbeddedGroupState State { get; private set; }

    public int Generation { get; private set; }

    /// <summary>What kind of group it is: <c>consumer</c>.</summary>
    public string? ProtocolType { get; set; }

    /// <summary>The assignor of this generation.</summary>
    public string? ProtocolName { get; private set; }

    /// <summary>Until when members may join, and later ask for their part.</summary>
    public TimeSpan Deadline { get; private set; } = TimeSpan.MaxValue;

    public bool IsLeader(GroupMember member) => member.Id == _leader;

    /// <summary>A static member has another id.</summary>
    public void Renamed(string from, string to) => _leader = _leader == from ? to : _leader;

    /// <summary>Asks all members to join again, unless that is so already. Who waits for an assignment is sent to join as well.</summary>
    public void Prepare(GroupMembers members, TimeSpan now)
    {
        if (State == EmbeddedGroupState.PreparingRebalance)
        {
            return;
        }

        foreach (var member in members.All)
        {
            member.Syncing?.Tell(SyncResult.Failed(ErrorCode.RebalanceInProgress));
            member.SeenAt = member.Syncing is null ? member.SeenAt : now;
            member.Syncing = null;
        }

        State = EmbeddedGroupState.PreparingRebalance;
        Deadline = now + members.RebalanceTimeout;
    }

    public void CompleteIfAllJoined(GroupMembers members, TimeSpan now)
    {
        if (State == EmbeddedGroupState.PreparingRebalance && members.AllHaveJoined)
        {
            Complete(members, now);
        }
    }

    /// <summary>
    /// What the deadline makes due: a generation of those that have joined, and, afterwards, those that never asked for their part,
    /// who are no members any more.
    /// </summary>
    public IReadOnlyList<GroupMember> Late(GroupMembers members, TimeSpan now)
    {
        if (Deadline > now)
        {
            return [];
        }

        if (State != EmbeddedGroupState.PreparingRebalance)
        {
            return [.. members.All.Where(static member => !member.HasSynced)];
        }

        // Static members are expected back; their session may be longer than a rebalance.
        foreach (var member in members.All.Where(static member => member is { Joining: null, InstanceId: null }).ToList())
        {
            members.Remove(member);
        }

        if (members.All.Count > 0 && members.All.All(static member => member.Joining is null))
        {
            Deadline = now + members.RebalanceTimeout;
            return [];
        }

        Complete(members, now);
        return [];
    }

    /// <summary>A member asks for its part.</summary>
    public void Synced(GroupMembers members, GroupMember member, TimeSpan now)
    {
        member.SeenAt = now;
        member.HasSynced = true;
        Deadline = members.AllHaveSynced ? TimeSpan.MaxValue : Deadline;
    }

    /// <summary>Gives each member its part of the leader's assignment; who is not named has none.</summary>
    public void Assign(GroupMembers members, IReadOnlyList<(string MemberId, byte[] Assignment)> assignments, TimeSpan now)
    {
        var parts = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (id, assignment) in assignments)
        {
            parts[id] = assignment;
        }

        State = EmbeddedGroupState.Stable;
        foreach (var member in members.All)
        {
            member.Assignment = parts.GetValueOrDefault(member.Id, []);
            if (member.Syncing is { } waiting)
            {
                member.SeenAt = now;
                member.Syncing = null;
                waiting.Tell(PartOf(member));
            }
        }
    }

    public SyncResult PartOf(GroupMember member) =>
        new(ErrorCode.None, member.Assignment) { ProtocolType = ProtocolType, ProtocolName = ProtocolName };

    /// <summary>What a member is told of this generation.</summary>
    public JoinResult Current(GroupMembers members, GroupMember member) => new(ErrorCode.None, member.Id, Generation, _leader ?? "")
    {
        ProtocolType = ProtocolType,
        ProtocolName = ProtocolName,
        Members = IsLeader(member)
            ? [.. members.All.Select(one => new JoinedMember(one.Id, one.InstanceId, one.MetadataOf(ProtocolName!)))]
            : [],
    };

    private void Complete(GroupMembers members, TimeSpan now)
    {
        Generation++;
        if (members.All.Count == 0)
        {
            (State, ProtocolName, _leader, Deadline) = (EmbeddedGroupState.Empty, null, null, TimeSpan.MaxValue);
            return;
        }

        var stays = members.All.Any(member => member.Joining is not null && IsLeader(member));
        _leader = stays ? _leader : members.All.First(static member => member.Joining is not null).Id;
        ProtocolName = members.Elect();
        State = EmbeddedGroupState.CompletingRebalance;
        Deadline = now + members.RebalanceTimeout;
        foreach (var member in members.All)
        {
            member.Assignment = [];
            member.HasSynced = member.Joining is null; // a static one that is not back is not waited for
            if (member.Joining is { } joined)
            {
                member.SeenAt = now;
                member.Joining = null;
                joined.Tell(Current(members, member));
            }
        }
    }
}
