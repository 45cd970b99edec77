using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Groups;

namespace Rx.Kafka.Properties.Testing.Groups;

/// <summary>All groups of a cluster: whose offsets are kept, and that the clock alone moves them.</summary>
[Law("L59")]
public sealed class GroupCoordinatorTests
{
    private static readonly Membership Nobody = new("", null, -1);

    [Fact]
    public void The_committed_offset_is_the_last_one_that_the_current_generation_sent() =>
        Law.Check("committed offsets", Commits().ArrayOf(), commits =>
        {
            var coordinator = New(out _);
            var member = Join(coordinator, "");
            Sync(coordinator, member);
            long? expected = null;
            foreach (var (generation, offset, rebalances) in commits)
            {
                if (rebalances)
                {
                    member = Join(coordinator, member.MemberId);
                    Sync(coordinator, member);
                }

                var error = Commit(coordinator, member with { Generation = member.Generation + generation }, offset);
                Assert.Equal(generation == 0 ? 0 : 22, error);
                expected = generation == 0 ? offset : expected;
                Assert.Equal(expected, coordinator.Committed("g", "t", 0)?.Offset);
            }
        });

    [Fact]
    public void Offsets_outlive_their_members_and_go_with_their_topic()
    {
        var coordinator = New(out _);
        var member = Join(coordinator, "");
        Sync(coordinator, member);
        Commit(coordinator, member, 5);
        Assert.Equal(0, coordinator.Leave("g", member));

        Assert.Equal(EmbeddedGroupState.Empty, Assert.Single(coordinator.Describe()).State);
        Assert.Equal(5, coordinator.Committed("g", "t", 0)!.Offset);
        Assert.Equal(0, coordinator.Commit("g", Nobody, [("t", 1, new(7, -1, "note")), ("other", 0, new(1, -1, null))]));
        Assert.Equal([("other", "0"), ("t", "0 1")], coordinator.Committed("g").Select(static topic => (topic.Topic, string.Join(' ', topic.Partitions))));

        coordinator.Forget("t");
        Assert.Equal("other", Assert.Single(coordinator.Committed("g")).Topic);
    }

    [Fact]
    public void The_clock_alone_gives_a_silent_member_up_and_lets_the_others_go_on()
    {
        using var simulation = new Simulation(7);
        var coordinator = new GroupCoordinator(simulation.Time, new EmbeddedKafkaOptions(), NewId());
        simulation.Run(async () =>
        {
            var silent = Join(coordinator, "");
            Sync(coordinator, silent);
            var joining = coordinator.Join(Request("")).WaitAsync(CancellationToken.None);

            var joined = await joining;

            Assert.Equal((0, 2), (joined.Error, joined.Generation));
            Assert.Equal([joined.MemberId], Assert.Single(coordinator.Describe()).Members);
            Assert.Equal(GroupWorld.Session, simulation.Time.Elapsed); // earlier than its time to join
        });
        coordinator.End();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public void Nobody_is_given_up_while_no_broker_speaks_and_sessions_begin_anew_with_the_next(int? speaker)
    {
        var coordinator = New(out var time);
        var member = Join(coordinator, "");
        Sync(coordinator, member);
        time.Advance(GroupWorld.Session - TimeSpan.FromMilliseconds(1));

        coordinator.SpokenForBy(speaker);
        if (speaker is null)
        {
            time.Advance(TimeSpan.FromHours(1));
            coordinator.SpokenForBy(1);
        }

        time.Advance(GroupWorld.Session - TimeSpan.FromMilliseconds(1));
        Assert.Equal([member.MemberId], Assert.Single(coordinator.Describe()).Members);
        time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Empty(Assert.Single(coordinator.Describe()).Members);
    }

    [Theory]
    [InlineData(5999, 26)]
    [InlineData(6000, 0)]
    [InlineData(1_800_000, 0)]
    [InlineData(1_800_001, 26)]
    public void A_session_has_Kafkas_limits(int milliseconds, short error)
    {
        var coordinator = New(out _);
        var answer = coordinator.Join(Request("") with { SessionTimeout = TimeSpan.FromMilliseconds(milliseconds) });
        Assert.Equal(error, Of(answer).Error);
    }

    [Fact]
    public void Who_was_never_there_is_told_so_and_makes_no_group()
    {
        var coordinator = New(out _);
        Assert.Equal(25, coordinator.Heartbeat("g", new("m", null, 1)));
        Assert.Equal(25, coordinator.Leave("g", new("m", null, 1)));
        Assert.Equal(25, Of(coordinator.Sync(new("g", new("m", null, 1), []))).Error);
        Assert.Equal(25, Of(coordinator.Join(Request("m"))).Error);
        Assert.Equal(25, coordinator.Commit("g", new("m", null, 1), []));
        Assert.Empty(coordinator.Describe());
    }

    [Fact]
    public void Groups_and_members_are_bounded()
    {
        var coordinator = New(out _);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(0, coordinator.Commit($"g{i}", Nobody, []));
        }

        Assert.Equal(81, coordinator.Commit("one more", Nobody, []));
        Assert.Equal(81, Of(coordinator.Join(Request(""))).Error);
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(79, Of(coordinator.Join(Request("") with { GroupId = "g0", AsksForId = true })).Error);
        }

        Assert.Equal(81, Of(coordinator.Join(Request("") with { GroupId = "g0" })).Error);
    }

    private static Gen<(int Generation, long Offset, bool Rebalances)> Commits() =>
        from generation in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Constant(-1)), (1, Gen.Constant(1)))
        from offset in Gen.Choose(0, 100)
        from rebalances in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
        select (generation, (long)offset, rebalances);

    private static GroupCoordinator New(out VirtualTime time) => new(time = new VirtualTime(), new EmbeddedKafkaOptions(), NewId());

    private static Func<Guid> NewId()
    {
        var ids = 0;
        return () => new Guid(++ids, 0, 0, new byte[8]);
    }

    private static JoinGroupRequest Request(string member) => new("g", member, null, "consumer", [new("range", [])])
    {
        SessionTimeout = GroupWorld.Session,
        RebalanceTimeout = GroupWorld.Rebalance,
    };

    private static Membership Join(GroupCoordinator coordinator, string member)
    {
        var joined = Of(coordinator.Join(Request(member)));
        Assert.Equal(0, joined.Error);
        return new(joined.MemberId, null, joined.Generation);
    }

    private static void Sync(GroupCoordinator coordinator, Membership member) => Assert.Equal(0, Of(coordinator.Sync(new("g", member, [(member.MemberId, [1])]))).Error);

    private static short Commit(GroupCoordinator coordinator, Membership member, long offset) => coordinator.Commit("g", member, [("t", 0, new(offset, -1, null))]);

    private static T Of<T>(PendingAnswer<T> answer)
    {
        Assert.True(answer.IsOver);
        return answer.WaitAsync(CancellationToken.None).GetAwaiter().GetResult();
    }
}
