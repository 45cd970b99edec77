namespace Rx.Kafka.Testing.Groups;

/// <summary>A member, what it last said, and what it waits for.</summary>
internal sealed class GroupMember(string id, string? instanceId)
{
    /// <summary>A static member gets another one when it comes back.</summary>
    public string Id { get; set; } = id;

    public string? InstanceId { get; } = instanceId;

    public TimeSpan SessionTimeout { get; private set; }

    public TimeSpan RebalanceTimeout { get; private set; }

    public IReadOnlyList<GroupProtocol> Protocols { get; private set; } = [];

    /// <summary>Its part of the leader's assignment.</summary>
    public byte[] Assignment { get; set; } = [];

    /// <summary>It has joined the next generation, and waits for the others.</summary>
    public PendingAnswer<JoinResult>? Joining { get; set; }

    /// <summary>It waits for the leader's assignment.</summary>
    public PendingAnswer<SyncResult>? Syncing { get; set; }

    /// <summary>Whether it has asked for its part of this generation's assignment.</summary>
    public bool HasSynced { get; set; }

    /// <summary>When it was last heard of.</summary>
    public TimeSpan SeenAt { get; set; }

    /// <summary>When it is given up. One that waits for the group is not to be heard of.</summary>
    public TimeSpan SessionEnd => Joining is not null || Syncing is not null ? TimeSpan.MaxValue : SeenAt + SessionTimeout;

    public void Take(JoinGroupRequest request)
    {
        SessionTimeout = request.SessionTimeout;
        RebalanceTimeout = request.RebalanceTimeout > TimeSpan.Zero ? request.RebalanceTimeout : request.SessionTimeout; // -1 = not said
        Protocols = request.Protocols;
    }

    /// <summary>Whether a request says what the member said before, so that nothing has to be assigned anew.</summary>
    public bool Says(JoinGroupRequest request) => Protocols.Count == request.Protocols.Count
        && Protocols.Zip(request.Protocols).All(static pair =>
            pair.First.Name == pair.Second.Name && pair.First.Metadata.AsSpan().SequenceEqual(pair.Second.Metadata));

    public bool Supports(string protocol) => Protocols.Any(known => known.Name == protocol);

    public byte[] MetadataOf(string protocol) => Protocols.First(known => known.Name == protocol).Metadata;
}
