using Rx.Kafka.Batching;
using Rx.Kafka.Network;

namespace Rx.Kafka.Lanes;

/// <summary>
/// Whether a lane may send now: what is in flight, what the broker has proved, the back-off, and what waits until nothing is in flight.
/// Only for the lane's loop.
/// </summary>
internal sealed class LaneGate(LaneContext context, UndecidedBatches undecided, LaneNumbers numbers, BatchLimit limit)
{
    private readonly RetryBackoff _backoff = new(context);
    private LaneProof _proof = new(context.Time);
    private int _inFlight;
    private WhenIdle _whenIdle;

    /// <inheritdoc cref="RetryBackoff.Until"/>
    public long RetryAt => _backoff.Until;

    public bool IsIdle => _inFlight == 0;

    public bool IsMoving => (_whenIdle & WhenIdle.Move) != 0;

    /// <summary>
    /// A second batch may be in flight only after a success on this connection under this producer id (a broker accepts any first
    /// sequence), and never beside an unclear batch. Without numbers there is nothing to prove. After a refusal as too large
    /// one goes at a time until one is taken.
    /// </summary>
    public bool MaySend(BrokerConnection connection, long now)
    {
        if ((_whenIdle & WhenIdle.HoldsBack) != 0 || now < RetryAt)
        {
            return false;
        }

        return _inFlight == 0
            || (!limit.IsInDoubt && (!context.IsIdempotent || (_proof.Holds(numbers.Id, connection, now) && !undecided.HasUnclear)));
    }

    /// <summary>
    /// A batch that was never sent goes after all that must be sent again, and needs numbers: a lane waits here for a producer id or for
    /// the next epoch, and will wait here for its place in a transaction.
    /// </summary>
    public bool MayTakeNew() => !undecided.HasWaiting() && numbers.IsReady();

    public void BackoffIsOver() => _backoff.End();

    public void Sent() => _inFlight++;

    public void Ended() => _inFlight--;

    /// <summary>
    /// The broker took a batch under this producer id. While something is in flight from before the topic was recreated, that may have been
    /// on the old log.
    /// </summary>
    public void Prove(long producerId, BrokerConnection connection, long now)
    {
        if ((_whenIdle & WhenIdle.AllowProof) == 0)
        {
            _proof.Given(producerId, connection, now);
        }

        _backoff.Reset();
    }

    public void EndProof() => _proof.End();

    public void BackOff(long now) => _backoff.Begin(now);

    /// <summary>Something is to happen as soon as nothing is in flight.</summary>
    public void AskFor(WhenIdle what) => _whenIdle |= what;

    public void Withdraw(WhenIdle what) => _whenIdle &= ~what;

    /// <summary>Nothing is in flight: takes what is to happen now. A move comes later, and in any case last.</summary>
    public WhenIdle TakeDue()
    {
        var due = _whenIdle;
        _whenIdle &= WhenIdle.Move;
        return due;
    }

    /// <summary>Another broker leads: no back-off towards it, and what the old one proved says nothing about it.</summary>
    public void Moved()
    {
        _backoff.Forget();
        _proof.End();
        _whenIdle = WhenIdle.None;
    }
}

/// <summary>
/// What happens to a lane as soon as nothing of it is in flight. Until then it sends nothing, unless only a gap is to be forgotten.
/// </summary>
[Flags]
internal enum WhenIdle
{
    None = 0,

    /// <summary>After a failure: the undecided batches are sent again, in order.</summary>
    Retry = 1,

    /// <summary>
    /// The topic was recreated: a success proves something again. Not before, because it may have been on the old log.
    /// </summary>
    AllowProof = 2,

    /// <summary>The brokers belong to another cluster: unclear batches fail, the others get new numbers.</summary>
    BeginAgain = 4,

    /// <summary>The partition has another leader.</summary>
    Move = 8,

    HoldsBack = Retry | BeginAgain | Move,
}

/// <summary>What a lane gives when its turn comes.</summary>
internal enum LaneTake
{
    /// <summary>A batch.</summary>
    Batch,

    /// <summary>A batch that does not fit into what is left of the request.</summary>
    TooLarge,

    /// <summary>Nothing is ready.</summary>
    Nothing,

    /// <summary>A batch that cannot be sent, and has failed; there may be another.</summary>
    Failed,

    /// <summary>It has something, but must wait: for answers, a back-off, a producer id, or its move.</summary>
    Blocked,
}
