using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Metadata;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Metadata;

// Carries M4 (epochs from v9 on), M5 (a stale epoch changes nothing), M6 (the sequence of hints), M7 (a topic made anew; ids that appear), M8 (memory outlives absence),
// M10 (without epochs the last answer holds), M15 (a leader whose broker is unknown), M16 (ids that vanish), M17 (a hint changes its partition only).
public sealed class TopicStateTests
{
    private static readonly KnownBrokers Brokers = new([1, 2, 3], InRack: [2]);
    private static readonly Guid First = new("11111111-1111-1111-1111-111111111111");
    private static readonly Guid Second = new("22222222-2222-2222-2222-222222222222");

    [Fact]
    public void Under_one_id_the_highest_epoch_ever_seen_wins()
    {
        var cases = Gen.Choose(0, 20).NonEmptyListOf();
        Law.Check("highest epoch", cases, epochs =>
        {
            var state = new TopicState("t");
            var highest = -1;
            foreach (var epoch in epochs)
            {
                state.Apply(Answer(First, (epoch % 3 + 1, epoch)), trustEpochs: true);
                highest = Math.Max(highest, epoch);
                Assert.Equal((highest % 3 + 1, highest), Shown(state));
                Assert.False(state.Unsettled);
            }
        });
    }

    [Fact]
    public void Without_ids_a_lower_epoch_is_believed_when_it_comes_three_times_in_a_row()
    {
        var cases = from start in Gen.Choose(5, 20)
                    from lower in Gen.Choose(0, 4).ListOf()
                    select (Start: start, Answers: lower);
        Law.Check("three in a row", cases, c =>
        {
            var state = new TopicState("t");
            state.Apply(Answer(Guid.Empty, (1, c.Start)), trustEpochs: true);
            var (believed, row) = (c.Start, 0);
            foreach (var epoch in c.Answers)
            {
                row = epoch < believed ? row + 1 : 0;
                if (row is 0 or 3)
                {
                    (believed, row) = (epoch, 0);
                }

                state.Apply(Answer(Guid.Empty, (2, epoch)), trustEpochs: true);
                Assert.Equal(believed, Shown(state).Epoch);
                Assert.Equal(row > 0, state.Unsettled);
            }
        });
    }

    [Fact]
    public void Another_id_and_an_id_that_appears_accept_any_epoch()
    {
        var state = new TopicState("t");
        state.Apply(Answer(Guid.Empty, (1, 10)), trustEpochs: true);
        state.Apply(Answer(First, (2, 3)), trustEpochs: true);
        Assert.Equal((2, 3), Shown(state));
        state.Apply(Answer(Second, (3, 0)), trustEpochs: true);
        Assert.Equal((3, 0), Shown(state));
        Assert.Equal(Second, state.Publish(Brokers)!.Id);
    }

    [Fact]
    public void An_answer_without_id_behind_one_with_falls_back_to_the_epochs()
    {
        var state = new TopicState("t");
        state.Apply(Answer(First, (1, 10)), trustEpochs: true);
        state.Apply(Answer(Guid.Empty, (2, 9)), trustEpochs: true);
        Assert.Equal((1, 10), Shown(state));
        state.Apply(Answer(Guid.Empty, (2, 11)), trustEpochs: true);
        Assert.Equal((2, 11), Shown(state));
        Assert.Equal(First, state.Publish(Brokers)!.Id);
    }

    [Fact]
    public void Epochs_that_are_not_to_be_trusted_are_as_unknown()
    {
        var state = new TopicState("t");
        state.Apply(Answer(Guid.Empty, (1, 10)), trustEpochs: false);
        Assert.Equal((1, -1), Shown(state));
        state.Apply(Answer(Guid.Empty, (2, 3)), trustEpochs: false);
        Assert.Equal((2, -1), Shown(state));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void The_highest_epoch_outlives_the_absence_of_the_topic(short error)
    {
        var state = new TopicState("t");
        state.Apply(Answer(First, (1, 10)), trustEpochs: true);
        state.Apply(new MetadataTopic(error, "t", Guid.Empty, false, []), trustEpochs: true);
        Assert.Equal(error == 3, state.Publish(Brokers) is null);
        Assert.True(state.Unsettled);
        state.Apply(Answer(First, (2, 9)), trustEpochs: true);
        Assert.Equal(error == 3 ? (-1, -1) : (1, 10), Shown(state));
        state.Apply(Answer(First, (2, 10)), trustEpochs: true);
        Assert.Equal((2, 10), Shown(state));
    }

    [Fact]
    public void Hints_count_only_when_they_are_newer()
    {
        var state = new TopicState("t");
        Assert.False(state.Apply(Hint(0, 1)));
        state.Apply(Answer(First, (1, 41), (2, 7)), trustEpochs: true);
        int[] epochs = [42, 42, 41, 41, 42, 43, 43, 42, 41, 44];
        Assert.Equal([true, false, false, false, false, true, false, false, false, true], epochs.Select(e => state.Apply(Hint(0, e))));
        Assert.False(state.Apply(Hint(2, 99)));
        Assert.False(state.Apply(Hint(-1, 99)));
        Assert.Equal([(3, 44), (2, 7)], state.Publish(Brokers)!.Partitions.Select(p => (p.LeaderId, p.LeaderEpoch)));
    }

    [Fact]
    public void A_leader_whose_broker_is_unknown_is_none_until_it_is_known()
    {
        var state = new TopicState("t");
        state.Apply(Answer(First, (1, 1), (9, 1), (-1, 1)), trustEpochs: true);
        var shown = state.Publish(Brokers)!;
        Assert.Equal([1, -1, -1], shown.Partitions.Select(p => p.LeaderId));
        Assert.Equal([0], shown.Public.Available.ToArray());
        Assert.True(state.Unsettled);
        Assert.Equal([1, 9, -1], state.Publish(new KnownBrokers([1, 9], []))!.Partitions.Select(p => p.LeaderId));
    }

    [Fact]
    public void The_same_object_is_shown_while_nothing_changes()
    {
        var state = new TopicState("t");
        state.Apply(Answer(First, (1, 1), (2, 1)), trustEpochs: true);
        var shown = state.Publish(Brokers);
        state.Apply(Answer(First, (1, 1), (2, 1)), trustEpochs: true);
        Assert.Same(shown, state.Publish(Brokers));
        state.Apply(Answer(First, (1, 1), (3, 2)), trustEpochs: true);
        Assert.NotSame(shown, state.Publish(Brokers));
    }

    [Fact]
    public void A_broker_that_changes_its_rack_changes_the_topic()
    {
        var state = new TopicState("t");
        state.Apply(Answer(First, (1, 1), (2, 1)), trustEpochs: true);
        var shown = state.Publish(Brokers)!;
        Assert.Same(shown, state.Publish(new KnownBrokers([1, 2], InRack: [2, 3])));
        Assert.Equal([0], state.Publish(new KnownBrokers([1, 2], InRack: [1]))!.Public.InRack.ToArray());
    }

    [Fact]
    public void Under_one_id_partitions_are_added_but_never_taken_away()
    {
        var state = new TopicState("t");
        state.Apply(Answer(First, (1, 1)), trustEpochs: true);
        state.Apply(Answer(First, (1, 1), (2, 1), (3, 1)), trustEpochs: true);
        state.Apply(Answer(First, (2, 2)), trustEpochs: true);
        Assert.Equal([2, 2, 3], state.Publish(Brokers)!.Partitions.Select(p => p.LeaderId));
        state.Apply(Answer(Second, (1, 0)), trustEpochs: true);
        Assert.Single(state.Publish(Brokers)!.Partitions);
    }

    [Fact]
    public void Whatever_partition_numbers_come_the_state_stays_whole()
    {
        var partition = from index in Gen.OneOf(Gen.Choose(0, 4), Gen.Elements(-1, int.MaxValue, int.MinValue))
                        from leader in Gen.Elements(-7, -1, 1, 2, 9, int.MaxValue)
                        from epoch in Gen.Elements(-1, 0, 5, int.MaxValue, int.MinValue)
                        select new MetadataPartition(0, index, leader, epoch, [], [], []);
        var topic = from error in Gen.Elements<short>(0, 3, 5, 17, 29, -1, 999)
                    from id in Gen.Elements(Guid.Empty, First, Second)
                    from partitions in partition.ArrayOf()
                    select new MetadataTopic(error, "t", id, false, partitions);
        Law.Check("hostile topics", topic.NonEmptyListOf(), answers =>
        {
            var state = new TopicState("t");
            foreach (var answer in answers)
            {
                state.Apply(answer, trustEpochs: true);
                var shown = state.Publish(Brokers);
                Assert.All(shown?.Partitions ?? [], p => Assert.True(p.LeaderId == -1 || Brokers.Ids.Contains(p.LeaderId)));
                Assert.Equal((shown?.Partitions ?? []).Index().Where(p => Brokers.InRack.Contains(p.Item.LeaderId)).Select(p => p.Index), shown?.Public.InRack.ToArray() ?? []);
            }

            // And a good answer with an id of its own always heals it.
            state.Apply(Answer(Guid.NewGuid(), (1, 0), (2, 0)), trustEpochs: true);
            Assert.Equal([1, 2], state.Publish(Brokers)!.Partitions.Select(p => p.LeaderId));
            Assert.False(state.Unsettled);
        });
    }

    // Else records of a topic that was forbidden for a moment fail until the knowledge of all topics is too old.
    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(29)]
    public void A_topic_in_use_that_is_denied_is_asked_for_again_until_it_is_there(short denied)
    {
        var state = new TopicState("t");
        state.Apply(Denied(Guid.Empty), trustEpochs: true);
        _ = state.Publish(Brokers);
        Assert.Equal(denied == 3, state.Unsettled);
        state.Apply(Answer(First, (1, 5)), trustEpochs: true);
        _ = state.Publish(Brokers);
        Assert.False(state.Unsettled);
        for (var i = 0; i < 3; i++)
        {
            state.Apply(Denied(First), trustEpochs: true);
            Assert.Null(state.Publish(Brokers));
            Assert.True(state.Unsettled);
        }

        state.Apply(Answer(First, (1, 5)), trustEpochs: true);
        Assert.Equal((1, 5), Shown(state));
        Assert.False(state.Unsettled);

        MetadataTopic Denied(Guid id) => new(denied, "t", id, false, []);
    }

    // An old leader that lags names an epoch of the topic that was deleted: it would win over all that the new one ever has.
    [Fact]
    public void A_hint_of_another_topic_of_the_same_name_is_none()
    {
        var state = new TopicState("t");
        state.Apply(Answer(Second, (1, 0)), trustEpochs: true);
        Assert.False(state.Apply(new LeaderHint("t", First, 0, 3, 50, [])));
        Assert.Equal((1, 0), Shown(state));
        Assert.True(state.Apply(new LeaderHint("t", Second, 0, 3, 1, [])));
        Assert.True(state.Apply(new LeaderHint("t", Guid.Empty, 0, 2, 2, [])));
        Assert.Equal((2, 2), Shown(state));
    }

    private static LeaderHint Hint(int partition, int epoch) => new("t", Guid.Empty, partition, 3, epoch, []);

    private static (int Leader, int Epoch) Shown(TopicState state)
    {
        var partition = state.Publish(Brokers)!.Partitions[0];
        return (partition.LeaderId, partition.LeaderEpoch);
    }

    private static MetadataTopic Answer(Guid id, params (int Leader, int Epoch)[] partitions) => new(
        0, "t", id, false, [.. partitions.Select((p, i) => new MetadataPartition(0, i, p.Leader, p.Epoch, [p.Leader], [p.Leader], []))]);
}
