using System.Runtime.InteropServices;
using Rx.Kafka.Batching;
using Rx.Kafka.Memory;

namespace Rx.Kafka.Lanes;

/// <summary>
/// A loop as its lanes and the router know it: which lanes wait for what. Any thread may call what <see cref="LoopOwner"/> offers and
/// <see cref="Tell"/>; all else is for the loop itself.
/// </summary>
internal abstract class LaneLoop(TimeProvider time, BrokerMemory memory) : LoopOwner(time, memory)
{
    // A lane that moved away is struck out at the next look; a bit on the lane says that it stands in a list of its loop.
    private readonly List<PartitionLane> _backingOff = [];
    private readonly List<PartitionLane> _blocked = [];
    private readonly List<PartitionLane> _moving = [];

    /// <summary>Some lanes wait for the answers to what is in flight, to move to their new leaders.</summary>
    protected bool HasMoving => _moving.Count > 0;

    /// <summary>The lane of a batch.</summary>
    public static PartitionLane LaneOf(ProducerBatch batch) => Typed(batch.Channel.Lane);

    /// <summary>Tells a lane something on the loop that owns it; one that has moved meanwhile is followed. Any thread.</summary>
    public static void Tell(PartitionLane lane, Action<PartitionLane> letter)
    {
        var owner = lane.Channel.Owner;
        owner.Post(() =>
        {
            if (lane.Channel.Owner == owner)
            {
                letter(lane);
            }
            else
            {
                Tell(lane, letter);
            }
        });
    }

    /// <summary>The lane at the ring's head, within one round of the ring.</summary>
    public bool TryPeek(ref int visits, out PartitionLane lane)
    {
        var found = TryPeekListed(ref visits, out var listed);
        lane = found ? Typed(listed) : null!;
        return found;
    }

    /// <summary>A lane waits for its back-off.</summary>
    public void BacksOff(PartitionLane lane) => Enlist(_backingOff, lane, LaneWaits.BackOff);

    /// <summary>A lane waits for a producer id.</summary>
    public void Block(PartitionLane lane) => Enlist(_blocked, lane, LaneWaits.ProducerId);

    /// <summary>A lane waits until nothing of it is in flight, to move to its new leader.</summary>
    public void Moves(PartitionLane lane) => Enlist(_moving, lane, LaneWaits.Idle);

    /// <summary>A lane came from another loop.</summary>
    public abstract void Arrived();

    /// <summary>A producer id came: lanes that waited for it go on.</summary>
    public void ProducerIdObtained()
    {
        foreach (var lane in TakeBlocked())
        {
            lane.ListIfReady();
        }
    }

    /// <summary>No producer id can be had: what waits for one fails.</summary>
    public void ProducerIdRefused(ProduceError error)
    {
        foreach (var lane in TakeBlocked())
        {
            lane.FailUnnumbered(error);
        }
    }

    /// <summary>Lists the lanes whose back-off is over, and forgets those that no longer move.</summary>
    /// <returns>When the next back-off ends; long.MaxValue = none is left.</returns>
    protected long EndWaits(long now)
    {
        var next = long.MaxValue;
        var kept = 0;
        var waiting = CollectionsMarshal.AsSpan(_backingOff);
        foreach (var lane in waiting)
        {
            if (lane.Channel.Owner != this)
            {
                continue;
            }

            if (lane.RetryAt > now)
            {
                next = Math.Min(next, lane.RetryAt);
                waiting[kept++] = lane;
            }
            else
            {
                lane.Waits &= ~LaneWaits.BackOff;
                lane.ListIfReady();
            }
        }

        CollectionsMarshal.SetCount(_backingOff, kept);
        if (HasMoving)
        {
            _moving.RemoveAll(HasMoved);
        }

        return next;
    }

    // Other lanes are those of tests of channels, which have no such loop.
    private static PartitionLane Typed(Lane lane) => (PartitionLane)lane;

    private static void Enlist(List<PartitionLane> list, PartitionLane lane, LaneWaits wait)
    {
        if ((lane.Waits & wait) == 0)
        {
            lane.Waits |= wait;
            list.Add(lane);
        }
    }

    private bool HasMoved(PartitionLane lane)
    {
        if (lane.Channel.Owner != this)
        {
            return true;
        }

        lane.Waits &= lane.IsMoving ? lane.Waits : ~LaneWaits.Idle;
        return !lane.IsMoving;
    }

    private List<PartitionLane> TakeBlocked()
    {
        var lanes = _blocked.FindAll(lane => lane.Channel.Owner == this);
        lanes.ForEach(static lane => lane.Waits &= ~LaneWaits.ProducerId);
        _blocked.Clear();
        return lanes;
    }
}

/// <summary>Where a lane belongs, as the router sees it.</summary>
/// <param name="Loop">The loop of its leader.</param>
/// <param name="TopicId">The topic's id; empty = not known.</param>
internal sealed record LaneRoute(LaneLoop Loop, Guid TopicId);

/// <summary>The lists of its loop in which a lane stands.</summary>
[Flags]
internal enum LaneWaits
{
    None = 0,
    BackOff = 1,
    ProducerId = 2,
    Idle = 4,
}
