using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing.Groups;

/// <summary>The members of a group in the order they came, those that were only given an id, and what all of them agree on.</summary>
internal sealed class GroupMembers
{
    // Kafka knows no limit; a test that makes more has gone wrong.
    private const int Most = 1000;

    private readonly List<GroupMember> _members = [];
    private readonly Dictionary<string, TimeSpan> _announced = new(StringComparer.Ordinal);

    public IReadOnlyList<GroupMember> All => _members;

    public bool IsFull => _members.Count + _announced.Count >= Most;

    public bool AllHaveJoined => _announced.Count == 0 && _members.TrueForAll(static member => member.Joining is not null);

    public bool AllHaveSynced => _members.TrueForAll(static member => member.HasSynced);

    /// <summary>The longest that the group waits for its members.</summary>
    public TimeSpan RebalanceTimeout => _members.Count == 0 ? TimeSpan.Zero : _members.Max(static member => member.RebalanceTimeout);

    /// <summary>When the next session is over.</summary>
    public TimeSpan NextEnd => _members
        .Select(static member => member.SessionEnd)
        .Concat(_announced.Values)
        .DefaultIfEmpty(TimeSpan.MaxValue)
        .Min();

    public GroupMember? ById(string id) => _members.Find(member => member.Id == id);

    public GroupMember? ByInstance(string? instance) =>
        instance is null ? null : _members.Find(member => member.InstanceId == instance);

    /// <summary>The member that speaks, or why it is none: a static one's name counts more than its id.</summary>
    public (GroupMember? Member, short Error) Find(Membership from)
    {
        if (from.InstanceId is null)
        {
            return ById(from.MemberId) is { } dynamic ? (dynamic, ErrorCode.None) : (null, ErrorCode.UnknownMemberId);
        }

        return ByInstance(from.InstanceId) switch
        {
            null => (null, ErrorCode.UnknownMemberId),
            { } member when member.Id == from.MemberId => (member, ErrorCode.None),
            _ => (null, ErrorCode.FencedInstanceId),
        };
    }

    public void Add(GroupMember member) => _members.Add(member);

    public void Remove(GroupMember member) => _members.Remove(member);

    /// <summary>Keeps an id for a member that is to join with it.</summary>
    public void Announce(string id, TimeSpan until) => _announced[id] = until;

    public bool TakeAnnounced(string id) => _announced.Remove(id);

    /// <summary>Those whose session is over; ids that nobody came with are forgotten.</summary>
    public IReadOnlyList<GroupMember> Expired(TimeSpan now)
    {
        foreach (var (id, end) in _announced.Where(one => one.Value <= now).ToList())
        {
            _announced.Remove(id);
        }

        return _members.FindAll(member => member.SessionEnd <= now);
    }

    /// <summary>Whether some protocol of a list is known to all members.</summary>
    public bool CanAgreeOn(IReadOnlyList<GroupProtocol> protocols) =>
        protocols.Any(protocol => _members.TrueForAll(member => member.Supports(protocol.Name)));

    /// <summary>
    /// Each member votes for the first of its protocols that all know. Most votes win; of equal ones the first member's favourite.
    /// </summary>
    public string Elect() => _members
        .Select(member => member.Protocols.First(protocol => _members.TrueForAll(other => other.Supports(protocol.Name))).Name)
        .CountBy(static name => name)
        .MaxBy(static votes => votes.Value).Key;
}
