using Rx.Kafka.Testing.Groups;

namespace Rx.Kafka.Properties.Testing.Groups;

/// <summary>A consumer as far as its group sees one: it joins, assigns if it leads, asks for its part, and says that it lives.</summary>
internal sealed class GroupClient(GroupWorld world, string? instance)
{
    private PendingAnswer<JoinResult>? _joining;
    private PendingAnswer<SyncResult>? _syncing;

    public string Id { get; private set; } = "";

    public int Generation { get; private set; } = -1;

    /// <summary>Its part of the assignment; null = it has none now.</summary>
    public byte[]? Part { get; private set; }

    public Membership Me => new(Id, instance, Generation);

    public string[] Protocols { get; set; } = ["range", "sticky"];

    /// <summary>What it says of itself to each assignor.</summary>
    public byte[] Metadata { get; init; } = [1, 2, 3];

    /// <summary>How often the group did not know it any more.</summary>
    public int Forgotten { get; private set; }

    /// <summary>Does what comes next.</summary>
    public void Act()
    {
        if (_joining is { IsOver: true } joined)
        {
            _joining = null;
            Take(Of(joined));
        }
        else if (_syncing is { IsOver: true } synced)
        {
            _syncing = null;
            Take(Of(synced));
        }
        else if (_joining is null && _syncing is null)
        {
            if (Part is null)
            {
                Join();
            }
            else
            {
                Obey(world.Group.Heartbeat(Me, world.Now));
            }
        }
    }

    public JoinGroupRequest Request(bool asksForId = true) => new("g", Id, instance, "consumer", [.. Protocols.Select(name => new GroupProtocol(name, Metadata))])
    {
        ClientId = "test",
        SessionTimeout = GroupWorld.Session,
        RebalanceTimeout = GroupWorld.Rebalance,
        AsksForId = asksForId,
        CanSkipAssignment = true,
    };

    public void Join() => _joining = Ask<JoinResult>(answer => world.Group.Join(Request(), answer, world.Now));

    private static T Of<T>(PendingAnswer<T> told) => told.WaitAsync(CancellationToken.None).GetAwaiter().GetResult();

    private static PendingAnswer<T> Ask<T>(Action<PendingAnswer<T>> ask)
    {
        var answer = new PendingAnswer<T>();
        ask(answer);
        return answer;
    }

    private void Take(JoinResult joined)
    {
        if (joined.Error != 0)
        {
            Id = joined.Error == 79 ? joined.MemberId : Id;
            Obey(joined.Error);
            return;
        }

        (Id, Generation) = (joined.MemberId, joined.Generation);
        Assert.Equal(world.Leaders.TryAdd(Generation, joined.Leader) ? joined.Leader : world.Leaders[Generation], joined.Leader);
        Assert.Equal(joined.Leader == Id, joined.Members.Count > 0);
        Assert.Contains(joined.ProtocolName, Protocols);
        var parts = joined.SkipAssignment ? [] : joined.Members.Select(member => (member.Id, GroupWorld.Part(Generation, member.Id))).ToList();
        _syncing = Ask<SyncResult>(answer => world.Group.Sync(new SyncGroupRequest("g", Me, parts), answer, world.Now));
    }

    private void Take(SyncResult synced)
    {
        if (synced.Error != 0)
        {
            Obey(synced.Error);
            return;
        }

        Part = synced.Assignment;
        Assert.Equal(GroupWorld.Part(Generation, Id), Part);
    }

    private void Obey(short error)
    {
        if (error is 25 or 22)
        {
            Forgotten++;
            Id = error == 25 ? "" : Id;
        }

        Part = error == 0 ? Part : null;
        Assert.Contains(error, new short[] { 0, 22, 25, 27, 79 });
    }
}
