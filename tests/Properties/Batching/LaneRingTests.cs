using System.Runtime.CompilerServices;
using Rx.Kafka.Batching;

namespace Rx.Kafka.Properties.Batching;

/// <summary>L12, RA30 where lanes are listed: a lane with something to send stands once in the ring of its owner, and the owner was woken since; whatever moves.</summary>
public sealed class LaneRingTests
{
    [Fact]
    [Law("L12")]
    public void A_lane_with_something_to_send_is_listed_once_with_its_owner() => Law.Check("ring", Steps.Of(kinds: 6, most: 80), program =>
    {
        using var world = new BatchingWorld(batchSize: 100);
        HandOwner[] owners = [world.NewOwner(), world.NewOwner()];
        var channels = Enumerable.Range(0, 3).Select(p => world.NewChannel(owners[0], p)).ToArray();
        var appended = new int[3];
        var taken = new List<int>[] { [], [], [] };
        foreach (var step in program)
        {
            var owner = owners[step.A % 2];
            switch (step.Kind)
            {
                case 0:
                case 1:
                    var p = step.B % 3;
                    Assert.Equal(AppendResult.Placed, world.Append(channels[p], BatchingWorld.Numbered(appended[p]++, 60)));
                    break;
                case 2:
                    Visit(owner, most: step.B % 4, taken);
                    break;
                case 3:
                    var moving = channels[step.B % 3];
                    if (moving.Owner != owner)
                    {
                        moving.MoveTo(owner, ((HandLane)moving.Lane).Undecided);
                    }

                    break;
                case 4:
                    Decide(channels[step.B % 3]);
                    break;
                default:
                    owner.CloseAll();
                    break;
            }

            CheckRings(owners, channels);
        }

        foreach (var owner in owners)
        {
            owner.CloseAll();
            Visit(owner, most: int.MaxValue, taken);
        }

        foreach (var channel in channels)
        {
            Assert.Equal(Enumerable.Range(0, appended[channel.Partition]), taken[channel.Partition]);
            Decide(channel);
            Assert.Equal(0, channel.Load.Queued(channel.Partition));
        }

        Assert.Equal(0, world.Memory.Used);
        Assert.All(owners, static owner => Assert.Null(owner.Timeline.OldestUndecided()));
        Assert.All(owners, static owner => Assert.Equal(0, owner.Memory.Bytes));
    });

    // Else a broker that died with work would be connected to for ever.
    [Fact]
    public void A_lane_that_moved_away_is_not_listed_where_it_was()
    {
        using var world = new BatchingWorld(batchSize: 100);
        var (from, to) = (world.NewOwner(), world.NewOwner());
        var channel = world.NewChannel(from);
        Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(0, 60)));
        Assert.Equal(AppendResult.Placed, world.Append(channel, BatchingWorld.Numbered(1, 60)));
        Assert.Equal(1, from.Listed);
        channel.MoveTo(to, []);
        Assert.Equal((0, 1), (from.Listed, to.Listed));
        channel.MoveTo(from, []);
        Assert.Equal((1, 0), (from.Listed, to.Listed));
    }

    /// <summary>As a loop pulls a request: at most one batch of each lane.</summary>
    private static void Visit(HandOwner owner, int most, List<int>[] taken)
    {
        for (; most > 0 && owner.TryPeekListed(out var listed); most--)
        {
            owner.TakeListed();
            if (listed.Channel.Owner != owner)
            {
                continue;
            }

            if (listed.Channel.Reader.TryRead(out var batch))
            {
                taken[listed.Channel.Partition].AddRange(BatchingWorld.NumbersIn(batch));
                ((HandLane)listed).Undecided.Add(batch);
            }

            listed.Channel.Relist(laneHasMore: false, isBlocked: false);
        }
    }

    private static void Decide(PartitionChannel channel)
    {
        var lane = (HandLane)channel.Lane;
        lane.Undecided.ForEach(static batch => BatchingWorld.Decide(batch));
        lane.Undecided.Clear();
    }

    private static void CheckRings(HandOwner[] owners, PartitionChannel[] channels)
    {
        for (var i = 0; i < owners.Length; i++)
        {
            var own = Ring(owners[i]).Where(entry => entry.Lane.Channel.Owner == owners[i] && entry.Moves == entry.Lane.Channel.Moves).Select(static entry => entry.Lane).ToArray();
            Assert.Equal(own.Distinct(), own);
            Assert.Equal(own.Length > 0, owners[i].Listed > 0);
            foreach (var channel in channels.Where(channel => channel.Owner == owners[i] && channel.Reader.WaitToReadAsync().IsCompleted))
            {
                Assert.Contains(channel.Lane, own);
                Assert.True(owners[i].Wakes > 0);
            }

            if (own.Length > 0)
            {
                Assert.True(owners[i].TryPeekListed(out var first));
                Assert.Same(own[0], first);
            }
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ring")]
    private static extern ref Queue<(Lane Lane, int Moves)> Ring(LoopOwner owner);
}
