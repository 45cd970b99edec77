using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Groups;

namespace Rx.Kafka.Properties.Testing.Groups;

/// <summary>Members with a <c>group.instance.id</c> that come back under another member id.</summary>
public sealed class StaticMemberTests
{
    [Theory]
    [InlineData(0, "range sticky", new byte[] { 1, 2, 3 })]
    [InlineData(1, "range sticky", new byte[] { 1, 2, 3 })]
    [InlineData(0, "range sticky", new byte[] { 4 })] // as cooperative-sticky, which tells what it owns
    [InlineData(1, "range sticky", new byte[] { 4 })]
    [InlineData(1, "sticky range", new byte[] { 1, 2, 3 })] // the first member's favourite is still elected
    public void A_static_member_that_comes_back_keeps_its_part_and_nobody_else_notices(int who, string protocols, byte[] metadata)
    {
        var world = StableStatic();
        var (former, instance) = (world.Clients[who], who == 0 ? "one" : "two");
        var generation = world.Group.Generation;

        world.Clients.Remove(former);
        var part = former.Part;
        var answer = new PendingAnswer<JoinResult>();
        world.Group.Join(new GroupClient(world, instance) { Protocols = protocols.Split(' '), Metadata = metadata }.Request(), answer, world.Now);
        Assert.True(answer.IsOver);
        var back = answer.WaitAsync(CancellationToken.None).GetAwaiter().GetResult();

        Assert.Equal((0, generation, EmbeddedGroupState.Stable), (back.Error, back.Generation, world.Group.State));
        Assert.NotEqual(former.Id, back.MemberId);
        Assert.Equal(back.Leader == back.MemberId, back.SkipAssignment);
        Assert.Equal(part, world.Sync(new(back.MemberId, instance, generation)).Assignment);
        Assert.Equal(82, world.Group.Heartbeat(former.Me, world.Now)); // its former self is fenced
    }

    [Fact]
    public void A_static_member_that_comes_back_and_changes_the_elected_protocol_brings_a_rebalance()
    {
        var world = StableStatic();
        world.Clients.RemoveAt(0);
        var back = new GroupClient(world, "one") { Protocols = ["sticky", "range"] };
        world.Clients.Add(back);
        back.Act();
        Assert.Equal(EmbeddedGroupState.PreparingRebalance, world.Group.State);

        world.Settle();

        Assert.Equal((EmbeddedGroupState.Stable, "sticky"), (world.Group.State, world.Group.Describe().Assignor));
    }

    /// <summary>Two static members, of which the first leads.</summary>
    private static GroupWorld StableStatic()
    {
        var world = new GroupWorld();
        world.Come("one");
        world.Come("two");
        world.Settle();
        Assert.Equal("range", world.Group.Describe().Assignor);
        return world;
    }
}
