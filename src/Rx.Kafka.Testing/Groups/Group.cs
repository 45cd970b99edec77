using System.Globalization;
using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing.Groups;

/// <summary>
/// One consumer group of the classic protocol, as Kafka's coordinator has it: a state machine that is told the time, and knows no
/// clock, lock or wire. Rebalances are its other half.
/// </summary>
internal sealed class Group(string name, Func<Guid> newId)
{
    private readonly GroupMembers _members = new();
    private readonly GroupRound _round = new();

    public string Name { get; } = name;

    public EmbeddedGroupState State => _round.State;

    public int Generation => _round.Generation;

    /// <summary>When <see cref="Elapse"/> has something to do; <see cref="TimeSpan.MaxValue"/> = never.</summary>
    public TimeSpan Due => _round.Deadline < _members.NextEnd ? _round.Deadline : _members.NextEnd;

    public EmbeddedGroup Describe() =>
        new(Name, State, Generation, _round.ProtocolName, [.. _members.All.Select(static member => member.Id)]);

    /// <summary>Takes a member in, or a member's word that it goes on. The answer may wait for all other members.</summary>
    public void Join(JoinGroupRequest request, PendingAnswer<JoinResult> answer, TimeSpan now)
    {
        Elapse(now);
        if (Refuses(request) is not ErrorCode.None and var error)
        {
            answer.Tell(JoinResult.Failed(error, request.MemberId));
        }
        else if (request.MemberId.Length == 0)
        {
            JoinAsNew(request, answer, now);
        }
        else if (request.InstanceId is null && _members.TakeAnnounced(request.MemberId))
        {
            Add(new GroupMember(request.MemberId, null), request, answer, now);
        }
        else
        {
            Rejoin(request, answer, now);
        }
    }

    /// <summary>Takes the leader's assignment, or asks for a part of it, which may wait for the leader.</summary>
    public void Sync(SyncGroupRequest request, PendingAnswer<SyncResult> answer, TimeSpan now)
    {
        Elapse(now);
        var (member, error) = Member(request.From);
        if (member is null)
        {
            answer.Tell(SyncResult.Failed(error));
            return;
        }

        if (Differs(request.ProtocolType, _round.ProtocolType) || Differs(request.ProtocolName, _round.ProtocolName))
        {
            answer.Tell(SyncResult.Failed(ErrorCode.InconsistentGroupProtocol));
            return;
        }

        if (State == EmbeddedGroupState.PreparingRebalance)
        {
            answer.Tell(SyncResult.Failed(ErrorCode.RebalanceInProgress));
            return;
        }

        _round.Synced(_members, member, now);
        if (State == EmbeddedGroupState.Stable)
        {
            answer.Tell(_round.PartOf(member));
            return;
        }

        member.Syncing?.Tell(SyncResult.Failed(ErrorCode.RebalanceInProgress)); // it asks again: nobody reads the first answer
        member.Syncing = answer;
        if (_round.IsLeader(member))
        {
            _round.Assign(_members, request.Assignments, now);
        }
    }

    /// <summary>A member lives; it is told whether it must join again.</summary>
    public short Heartbeat(Membership from, TimeSpan now)
    {
        Elapse(now);
        var (member, error) = Member(from);
        if (member is null)
        {
            return error;
        }

        member.SeenAt = now;
        return State == EmbeddedGroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    /// <summary>A member goes; a static one may be named without its id, as an administrator does.</summary>
    public short Leave(Membership from, TimeSpan now)
    {
        Elapse(now);
        if (from.InstanceId is null && _members.TakeAnnounced(from.MemberId))
        {
            _round.CompleteIfAllJoined(_members, now);
            return ErrorCode.None;
        }

        var (member, error) = from.MemberId.Length == 0 && _members.ByInstance(from.InstanceId) is { } named
            ? (named, ErrorCode.None)
            : _members.Find(from);
        if (member is not null)
        {
            Remove(member, now);
        }

        return error;
    }

    /// <summary>Whether somebody may commit offsets: a member of this generation, or anybody while the group is empty.</summary>
    public short MayCommit(Membership from, TimeSpan now)
    {
        Elapse(now);
        if (from.Generation < 0 && State == EmbeddedGroupState.Empty)
        {
            return ErrorCode.None;
        }

        var (member, error) = Member(from);
        if (member is null)
        {
            return error;
        }

        member.SeenAt = now;
        return State == EmbeddedGroupState.CompletingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    /// <summary>
    /// Does what time has made due: gives up members that were not heard of, and ends a rebalance that waited long enough.
    /// </summary>
    public void Elapse(TimeSpan now)
    {
        foreach (var member in _members.Expired(now))
        {
            Remove(member, now);
        }

        _round.CompleteIfAllJoined(_members, now); // an id that nobody came with may have been all that was missing
        foreach (var member in _round.Late(_members, now))
        {
            Remove(member, now);
        }
    }

    /// <summary>The members' sessions begin anew: none of them could be heard while nobody spoke for the group.</summary>
    public void HeardOfAll(TimeSpan now)
    {
        foreach (var member in _members.All)
        {
            member.SeenAt = now;
        }
    }

    private static bool Differs(string? told, string? known) => told is not null && told != known;

    private short Refuses(JoinGroupRequest request)
    {
        var isNew = request.MemberId.Length == 0 && _members.ByInstance(request.InstanceId) is null;
        if (isNew && _members.IsFull)
        {
            return ErrorCode.GroupMaxSizeReached;
        }

        var fits = request.ProtocolType.Length > 0 && request.Protocols.Count > 0
            && (_members.All.Count == 0 || (!Differs(request.ProtocolType, _round.ProtocolType) && _members.CanAgreeOn(request.Protocols)));
        return fits ? ErrorCode.None : ErrorCode.InconsistentGroupProtocol;
    }

    private void JoinAsNew(JoinGroupRequest request, PendingAnswer<JoinResult> answer, TimeSpan now)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{request.InstanceId ?? request.ClientId}-{newId():D}");
        if (_members.ByInstance(request.InstanceId) is { } former)
        {
            ComeBack(former, id, request, answer, now);
        }
        else if (request.AsksForId && request.InstanceId is null)
        {
            _members.Announce(id, now + request.SessionTimeout);
            answer.Tell(JoinResult.Failed(ErrorCode.MemberIdRequired, id));
        }
        else
        {
            Add(new GroupMember(id, request.InstanceId), request, answer, now);
        }
    }

    /// <summary>
    /// A static member comes back: its former self is fenced. In a stable group nobody else notices, unless another protocol is
    /// elected now; what else the member says waits for the next rebalance, as in Kafka.
    /// </summary>
    private void ComeBack(GroupMember member, string id, JoinGroupRequest request, PendingAnswer<JoinResult> answer, TimeSpan now)
    {
        member.Joining?.Tell(JoinResult.Failed(ErrorCode.FencedInstanceId, member.Id));
        member.Syncing?.Tell(SyncResult.Failed(ErrorCode.FencedInstanceId));
        (member.Joining, member.Syncing) = (null, null);
        var (led, formerId) = (_round.IsLeader(member), member.Id);
        member.Id = id;
        _round.Renamed(formerId, id);
        member.Take(request);
        if (State != EmbeddedGroupState.Stable || _members.Elect() != _round.ProtocolName)
        {
            Await(member, request, answer, now);
            return;
        }

        // A leader that cannot be told to assign nothing is told that somebody else leads.
        member.SeenAt = now;
        var current = _round.Current(_members, member);
        answer.Tell(!led ? current
            : request.CanSkipAssignment ? current with { SkipAssignment = true }
            : current with { Leader = formerId, Members = [] });
    }

    private void Rejoin(JoinGroupRequest request, PendingAnswer<JoinResult> answer, TimeSpan now)
    {
        var (member, error) = _members.Find(new(request.MemberId, request.InstanceId, Generation));
        if (member is null)
        {
            answer.Tell(JoinResult.Failed(error, request.MemberId));
            return;
        }

        // It has missed the answer to the last one. A leader that joins a stable group wants another assignment.
        var goesOn = State == EmbeddedGroupState.CompletingRebalance || (State == EmbeddedGroupState.Stable && !_round.IsLeader(member));
        if (goesOn && member.Says(request))
        {
            member.SeenAt = now;
            answer.Tell(_round.Current(_members, member));
            return;
        }

        Await(member, request, answer, now);
    }

    private void Add(GroupMember member, JoinGroupRequest request, PendingAnswer<JoinResult> answer, TimeSpan now)
    {
        if (_members.All.Count == 0)
        {
            _round.ProtocolType = request.ProtocolType;
        }

        _members.Add(member);
        Await(member, request, answer, now);
    }

    private void Await(GroupMember member, JoinGroupRequest request, PendingAnswer<JoinResult> answer, TimeSpan now)
    {
        member.Joining?.Tell(JoinResult.Failed(ErrorCode.RebalanceInProgress, member.Id)); // it asks again: nobody reads the first answer
        member.Take(request);
        member.SeenAt = now;
        member.Joining = answer;
        Rebalance(now);
    }

    private void Remove(GroupMember member, TimeSpan now)
    {
        _members.Remove(member);
        member.Joining?.Tell(JoinResult.Failed(ErrorCode.UnknownMemberId));
        member.Syncing?.Tell(SyncResult.Failed(ErrorCode.UnknownMemberId));
        Rebalance(now);
    }

    private void Rebalance(TimeSpan now)
    {
        _round.Prepare(_members, now);
        _round.CompleteIfAllJoined(_members, now);
    }

    private (GroupMember? Member, short Error) Member(Membership from)
    {
        var (member, error) = _members.Find(from);
        return member is not null && from.Generation != Generation ? (null, ErrorCode.IllegalGeneration) : (member, error);
    }
}
