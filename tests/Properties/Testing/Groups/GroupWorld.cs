using System.Text;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Groups;

namespace Rx.Kafka.Properties.Testing.Groups;

/// <summary>One group without brokers, a clock that is set by hand, and clients that do as consumers do.</summary>
internal sealed class GroupWorld
{
    public static readonly TimeSpan Session = TimeSpan.FromSeconds(6);
    public static readonly TimeSpan Rebalance = TimeSpan.FromSeconds(10);

    private int _ids;

    public GroupWorld() => Group = new Group("g", () => new Guid(++_ids, 0, 0, new byte[8]));

    public Group Group { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>Those that live.</summary>
    public List<GroupClient> Clients { get; } = [];

    /// <summary>How many rebalances the clients were told to be over, by generation: who led it.</summary>
    public SortedDictionary<int, string> Leaders { get; } = [];

    public GroupClient Come(string? instance = null)
    {
        var client = new GroupClient(this, instance);
        Clients.Add(client);
        client.Act();
        return client;
    }

    /// <summary>A second passes, in which each client acts once.</summary>
    public void Tick()
    {
        Pass(TimeSpan.FromSeconds(1));
        foreach (var client in Clients.ToList())
        {
            Once(client.Act);
        }
    }

    /// <summary>Lets so much time pass that the dead are given up, and two rebalances are over.</summary>
    public void Settle()
    {
        for (var second = 0; second < 40; second++)
        {
            Tick();
        }
    }

    /// <summary>Asks for a part that is there already, or for the reason why not.</summary>
    public SyncResult Sync(Membership from)
    {
        var answer = new PendingAnswer<SyncResult>();
        Group.Sync(new SyncGroupRequest("g", from, []), answer, Now);
        return answer.WaitAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public void Pass(TimeSpan time)
    {
        Now += time;
        Once(() => Group.Elapse(Now));
    }

    /// <summary>Whatever happens once completes one rebalance at most.</summary>
    public void Once(Action step)
    {
        var before = Group.Generation;
        step();
        Assert.InRange(Group.Generation, before, before + 1);
    }

    public static byte[] Part(int generation, string member) => Encoding.UTF8.GetBytes($"{generation}:{member}");
}
