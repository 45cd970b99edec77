using Rx.Kafka.Memory;

namespace Rx.Kafka.Batching;

/// <summary>
/// Whom a partition's batches belong to: the loop of the broker that leads it, or of the leaderless. Here is what appending threads touch:
/// the ring of lanes that have something to send, the timeline of batches, the broker's memory, and the signal.
/// </summary>
internal abstract class LoopOwner(TimeProvider time, BrokerMemory memory)
{
    private readonly Lock _ringLock = new();

    /// <summary>Each lane with the number of its moves when it was listed: entries from before a move are void.</summary>
    private readonly Queue<(Lane Lane, int Moves)> _ring = new();
    private bool _isSaturated;

    /// <summary>The broker's, which all its loops share.</summary>
    public BrokerMemory Memory => memory;

    public BatchTimeline Timeline { get; } = new(time);

    /// <summary>
    /// The loop can send nothing more now, and an answer or a flush will wake it: listing a lane need not. The loop takes the mark off
    /// before it looks at the ring, else a lane listed in between is not seen.
    /// </summary>
    public bool IsSaturated
    {
        get => Volatile.Read(ref _isSaturated);
        protected set
        {
            Volatile.Write(ref _isSaturated, value);
            Interlocked.MemoryBarrier();
        }
    }

    /// <summary>Sets the loop's signal. Any thread, also under a gate.</summary>
    public abstract void Wake();

    /// <summary>
    /// A batch was opened that is the oldest open one now: the loop must look at it when it is as old as Linger, not before. Any thread,
    /// outside the gate.
    /// </summary>
    public abstract void Opened();

    /// <summary>Has something done on the loop. Any thread.</summary>
    public abstract void Post(Action letter);

    /// <summary>Puts a lane at the ring's tail. The "listed" mark is set under its gate by who calls this.</summary>
    public void List(Lane lane)
    {
        lock (_ringLock)
        {
            _ring.Enqueue((lane, lane.Channel.Moves));
        }
    }

    /// <summary>
    /// How many entries the ring has from the first that is not void: zero when no lane is listed. Else a broker that died would be wanted
    /// for ever, by lanes that have moved. Owner.
    /// </summary>
    public int Listed
    {
        get
        {
            lock (_ringLock)
            {
                while (_ring.TryPeek(out var entry) && IsVoid(entry))
                {
                    _ring.Dequeue();
                }

                return _ring.Count;
            }
        }
    }

    /// <summary>
    /// The lane at the ring's head, within one round of the ring. Skips void entries: a lane that moved (even away and back) was listed
    /// again by the move. A void entry costs a visit too, else the round would go on into lanes that it has seen. Owner; nobody else
    /// takes lanes out.
    /// </summary>
    public bool TryPeekListed(ref int visits, out Lane lane)
    {
        lock (_ringLock)
        {
            for (; visits > 0 && _ring.TryPeek(out var entry); visits--)
            {
                lane = entry.Lane;
                if (!IsVoid(entry))
                {
                    return true;
                }

                _ring.Dequeue();
            }
        }

        lane = null!;
        return false;
    }

    /// <summary>Takes the lane at the ring's head out. Owner.</summary>
    public void TakeListed()
    {
        lock (_ringLock)
        {
            _ring.Dequeue();
        }
    }

    private static bool IsVoid((Lane Lane, int Moves) entry) => entry.Lane.Channel.Moves != entry.Moves;
}

/// <summary>The sending side of one partition, as its channel and its owner's ring know it.</summary>
internal abstract class Lane
{
    public abstract PartitionChannel Channel { get; }
}

/// <summary>What a partition has to tell its owner once its gate is open again.</summary>
[Flags]
internal enum LoopNotice
{
    None = 0,

    /// <summary>The oldest open batch is another one: the timer is all that needs a look.</summary>
    Opened = 1,

    /// <summary>There is something to send; covers the other.</summary>
    Wake = 2,
}
