using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Groups;

namespace Rx.Kafka.Properties.Testing.Groups;

/// <summary>The group coordinator as a state machine: consumers come, go and die in any order, and time passes.</summary>
[Law("L59")]
public sealed class GroupTests
{
    private enum Kind
    {
        Come,
        Leave,
        Die,
        Impatient,
        Pass,
        Tick,
    }

    [Fact]
    public void Whatever_consumers_do_those_that_live_end_up_with_the_leaders_parts_of_one_generation() =>
        Law.Check("groups settle", Arb.From(Steps().ArrayOf(), Shrinks), Settles, 500);

    [Fact]
    public void A_consumer_that_is_heard_of_in_time_is_never_given_up() =>
        Law.Check("living members stay", Arb.From(Steps().Where(static step => step.Kind != Kind.Pass).ArrayOf(), Shrinks), steps =>
        {
            var world = new GroupWorld();
            foreach (var step in steps)
            {
                Do(world, step);
                Assert.All(world.Clients, static client => Assert.Equal(0, client.Forgotten));
            }
        }, 500);

    [Fact]
    public void A_member_whose_session_is_over_is_out_and_one_just_within_it_is_not() => Law.Check("sessions", Gen.Choose(1, 5999).ToArbitrary(), milliseconds =>
    {
        var world = Stable(2);
        var (dead, living) = (world.Clients[0], world.Clients[1]);
        world.Pass(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(0, world.Group.Heartbeat(living.Me, world.Now));

        world.Pass(GroupWorld.Session - TimeSpan.FromMilliseconds(milliseconds + 1));
        Assert.Equal(2, world.Group.Describe().Members.Count);
        world.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal([living.Id], world.Group.Describe().Members);

        Assert.Equal(25, world.Group.Heartbeat(dead.Me, world.Now));
        Assert.Equal(27, world.Group.Heartbeat(living.Me, world.Now));
    });

    [Fact]
    public void An_old_generation_is_refused_and_so_is_a_stranger()
    {
        var world = Stable(2);
        var (me, stranger) = (world.Clients[0].Me, new Membership("stranger", null, world.Group.Generation));
        var old = me with { Generation = me.Generation - 1 };

        Assert.Equal((22, 25), (world.Group.Heartbeat(old, world.Now), world.Group.Heartbeat(stranger, world.Now)));
        Assert.Equal((22, 25), (world.Group.MayCommit(old, world.Now), world.Group.MayCommit(stranger, world.Now)));
        Assert.Equal((22, 25), (world.Sync(old).Error, world.Sync(stranger).Error));
        Assert.Equal(25, world.Group.Leave(stranger, world.Now));
        Assert.Equal((0, 0), (world.Group.MayCommit(me, world.Now), world.Group.Heartbeat(me, world.Now)));
    }

    [Fact]
    public void Offsets_may_be_committed_without_membership_only_while_the_group_is_empty()
    {
        var nobody = new Membership("", null, -1);
        var world = new GroupWorld();
        Assert.Equal(0, world.Group.MayCommit(nobody, world.Now));
        world = Stable(1);
        Assert.Equal(25, world.Group.MayCommit(nobody, world.Now));
        world.Group.Leave(world.Clients[0].Me, world.Now);
        Assert.Equal((EmbeddedGroupState.Empty, 2), (world.Group.State, world.Group.Generation));
        Assert.Equal(0, world.Group.MayCommit(nobody, world.Now));
    }

    [Fact]
    public void A_rebalance_waits_for_its_members_as_long_as_they_allow_and_no_longer()
    {
        var world = Stable(2);
        var (slow, quick) = (world.Clients[0], world.Clients[1]);
        world.Come();
        world.Tick(); // the third one has its id,
        world.Tick(); // and joins
        Assert.Equal(EmbeddedGroupState.PreparingRebalance, world.Group.State);
        world.Clients.Remove(slow);
        for (var seconds = 0; world.Group.State == EmbeddedGroupState.PreparingRebalance; seconds++)
        {
            Assert.InRange(seconds, 0, (int)GroupWorld.Rebalance.TotalSeconds);
            Assert.Equal(27, world.Group.Heartbeat(slow.Me, world.Now)); // it lives, but does not come
            world.Tick();
        }

        Assert.DoesNotContain(slow.Id, world.Group.Describe().Members);
        Assert.Contains(quick.Id, world.Group.Describe().Members);
    }

    [Fact]
    public void A_leader_that_assigns_nothing_is_given_up()
    {
        var world = Stable(2);
        var late = world.Come();
        world.Tick();
        world.Tick();
        for (var seconds = 0; world.Group.State != EmbeddedGroupState.CompletingRebalance; seconds++)
        {
            Assert.InRange(seconds, 0, 20);
            world.Tick();
        }

        // All have joined; the leader is never heard of again.
        var leader = world.Clients.Single(client => client.Id == world.Group.Describe().Members[0]);
        world.Clients.Remove(leader);
        world.Settle();
        Assert.DoesNotContain(leader.Id, world.Group.Describe().Members);
        Assert.Contains(late.Id, world.Group.Describe().Members);
    }

    [Fact]
    public void One_that_lives_but_never_asks_for_its_part_is_given_up_too()
    {
        var world = new GroupWorld();
        var answer = new PendingAnswer<JoinResult>();
        world.Group.Join(new GroupClient(world, null).Request(asksForId: false), answer, world.Now);
        var joined = answer.WaitAsync(CancellationToken.None).GetAwaiter().GetResult();
        var me = new Membership(joined.MemberId, null, joined.Generation);
        while (world.Now < GroupWorld.Rebalance)
        {
            Assert.Equal(0, world.Group.Heartbeat(me, world.Now));
            world.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(25, world.Group.Heartbeat(me, world.Now));
        Assert.Equal(EmbeddedGroupState.Empty, world.Group.State);
    }

    [Fact]
    public void An_id_that_nobody_comes_with_holds_a_rebalance_up_for_a_session_and_no_longer()
    {
        var world = Stable(1);
        new GroupClient(world, null).Join(); // is given an id, and never comes
        world.Once(world.Clients[0].Join);
        world.Pass(GroupWorld.Session - TimeSpan.FromMilliseconds(1));
        Assert.Equal(EmbeddedGroupState.PreparingRebalance, world.Group.State);

        world.Pass(TimeSpan.FromMilliseconds(1));

        Assert.Equal(EmbeddedGroupState.CompletingRebalance, world.Group.State);
    }

    [Fact]
    public void Members_without_a_common_protocol_do_not_meet()
    {
        var world = Stable(1);
        var answer = new PendingAnswer<JoinResult>();
        world.Group.Join(new GroupClient(world, null) { Protocols = ["other"] }.Request(), answer, world.Now);
        Assert.Equal(23, answer.WaitAsync(CancellationToken.None).GetAwaiter().GetResult().Error);
        Assert.Equal(EmbeddedGroupState.Stable, world.Group.State);
    }

    [Fact]
    public void The_protocol_is_one_that_all_know_and_most_like()
    {
        var world = new GroupWorld();
        foreach (var protocols in new string[][] { ["a", "b", "c"], ["c", "b"], ["c", "b", "a"] })
        {
            var client = world.Come();
            client.Protocols = protocols;
        }

        world.Settle();
        Assert.Equal("c", world.Group.Describe().Assignor);
    }

    [Fact]
    public void Before_JoinGroup_4_a_member_is_in_with_its_first_request()
    {
        var world = new GroupWorld();
        var answer = new PendingAnswer<JoinResult>();
        world.Group.Join(new GroupClient(world, null).Request(asksForId: false), answer, world.Now);
        Assert.Equal(0, answer.WaitAsync(CancellationToken.None).GetAwaiter().GetResult().Error);
        Assert.Equal(1, world.Group.Generation);
    }

    private static GroupWorld Stable(int members)
    {
        var world = new GroupWorld();
        for (var i = 0; i < members; i++)
        {
            world.Come();
        }

        world.Settle();
        return world;
    }

    private static void Settles(Step[] steps)
    {
        var world = new GroupWorld();
        Array.ForEach(steps, step => Do(world, step));
        world.Settle();
        var group = world.Group.Describe();
        Assert.Equal(world.Clients.Count == 0 ? EmbeddedGroupState.Empty : EmbeddedGroupState.Stable, group.State);
        Assert.Equal(world.Clients.Select(static client => client.Id).Order(StringComparer.Ordinal), group.Members.Order(StringComparer.Ordinal));
        Assert.All(world.Clients, client =>
        {
            Assert.Equal(group.Generation, client.Generation);
            Assert.Equal(GroupWorld.Part(group.Generation, client.Id), client.Part);
        });
    }

    private static void Do(GroupWorld world, Step step)
    {
        var client = world.Clients.Count == 0 ? null : world.Clients[step.Who % world.Clients.Count];
        switch (step.Kind)
        {
            case Kind.Come when world.Clients.Count < 5:
                world.Come();
                break;
            case Kind.Leave when client is not null:
                world.Clients.Remove(client);
                world.Once(() => world.Group.Leave(client.Me, world.Now));
                break;
            case Kind.Die when client is not null:
                world.Clients.Remove(client);
                break;
            case Kind.Impatient when client is { Part: not null }:
                world.Once(client.Join); // as one whose topics have changed
                break;
            case Kind.Pass:
                world.Pass(TimeSpan.FromSeconds(step.Who));
                break;
            default:
                world.Tick();
                break;
        }
    }

    private static IEnumerable<Step[]> Shrinks(Step[] steps) => Enumerable.Range(0, steps.Length).Select(i => steps.Where((_, at) => at != i).ToArray());

    private static Gen<Step> Steps() =>
        from kind in Gen.Frequency(
            (4, Gen.Constant(Kind.Come)), (2, Gen.Constant(Kind.Leave)), (2, Gen.Constant(Kind.Die)), (1, Gen.Constant(Kind.Impatient)), (1, Gen.Constant(Kind.Pass)), (8, Gen.Constant(Kind.Tick)))
        from who in Gen.Choose(0, 12)
        select new Step(kind, who);

    private sealed record Step(Kind Kind, int Who);
}
