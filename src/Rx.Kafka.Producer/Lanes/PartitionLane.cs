using Rx.Kafka.Batching;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Lanes;

/// <summary>
/// The sending side of one partition: gives sequence numbers at drain, once, and decides batches in their order. Its gate says whether it
/// may send, the rules say what the end of an attempt means, its actions do it. Only the loop that owns the lane calls it, but for
/// <see cref="Route"/>, which the router writes.
/// </summary>
internal sealed class PartitionLane : Lane
{
    private readonly LaneContext _context;
    private readonly UndecidedBatches _undecided = new();
    private readonly LaneNumbers _numbers;
    private readonly LaneOutcomes _outcomes;
    private readonly LaneGate _gate;
    private readonly LaneActions _actions;
    private readonly LaneDrain _drain;
    private Guid _topicId;
    private LaneRoute _route;
    private LaneLoop? _sender; // the loop that sent what is in flight: the owner, as a lane moves only when nothing is

    public PartitionLane(PartitionChannel channel, LaneContext context, LaneRoute route)
    {
        Channel = channel;
        _context = context;
        _route = route;
        _topicId = route.TopicId;
        _numbers = new LaneNumbers(channel, context.ProducerIds, context.Events, _undecided);
        _gate = new LaneGate(context, _undecided, _numbers, channel.Limit);
        _outcomes = new LaneOutcomes(channel, context, _undecided, _numbers, _gate);
        var codecs = new CodecFallback(channel, context);
        _actions = new LaneActions(context, _undecided, _numbers, _gate, _outcomes) { Codecs = codecs };
        _drain = new LaneDrain(channel, _undecided, _numbers, _gate, _outcomes) { Codecs = codecs };
        channel.Lane = this;
    }

    public override PartitionChannel Channel { get; }

    /// <summary>Not before this time is anything sent again; 0 = now.</summary>
    public long RetryAt => _gate.RetryAt;

    /// <summary>Waits until the old broker has answered what is in flight, to move to the new leader.</summary>
    public bool IsMoving => _gate.IsMoving;

    /// <summary>The lists of its loop in which it stands; the loop's.</summary>
    public LaneWaits Waits { get; set; }

    /// <summary>Where the router last sent it. After a change the router has <see cref="Rerouted"/> called.</summary>
    public LaneRoute Route
    {
        get => Volatile.Read(ref _route);
        set => Volatile.Write(ref _route, value);
    }

    /// <summary>Which topic its batches are for, however often one of that name is made; empty = the brokers tell no ids.</summary>
    public Guid TopicId => _topicId;

    public bool WaitsForProducerId => _numbers.NeedsIdentity;

    /// <summary>Gives the next batch of this partition, numbered and sealed.</summary>
    public LaneTake Take(BrokerConnection connection, long now, int maximumBytes, out ProducerBatch? batch) =>
        _drain.Take(connection, now, maximumBytes, out batch);

    /// <summary>A request with this batch was handed to the connection. One that was not keeps its numbers and counts no attempt.</summary>
    public void Sent(ProducerBatch batch, LaneLoop sender)
    {
        var isFirst = batch.Delivery.Attempts++ == 0;
        batch.Delivery.IsInFlight = true;
        _gate.Sent();
        _sender = sender;
        var sent = new SentBatch(batch.Count, batch.WireBytes, batch.Bytes, Channel.Limit.Current, batch.OpenedAt);
        _context.Events.Traffic.Sent(Channel.Topic, sent, isFirst);
    }

    /// <summary>With acks = 0 nobody answers: it is done when its bytes left.</summary>
    public void Flushed(ProducerBatch batch)
    {
        var isGivenUp = batch.Delivery.Outcome is not null;
        EndRequest(batch);
        if (!isGivenUp)
        {
            _outcomes.Acknowledge(batch, -1, -1);
        }

        Settle();
    }

    /// <summary>The request with this batch has ended, with an answer or without one.</summary>
    public void Ended(ProducerBatch batch, in AttemptEnd end)
    {
        if (end.Answer is { } answer && ErrorTable.Get(answer.ErrorCode).InvalidMetadata)
        {
            _context.Metadata.RequestRefresh();
        }

        // Read before the end: a batch that was given up goes back to the pool there.
        var facts = _actions.FactsOf(batch, end);
        var numbers = batch.Delivery.Numbers;
        EndRequest(batch);
        if (facts.IsGivenUp)
        {
            _actions.SettleNumbers(numbers, facts, end);
        }
        else
        {
            _actions.Execute(batch, facts, end);
        }

        if (RetryAt > end.Now)
        {
            _sender!.BacksOff(this);
        }

        Settle();
    }

    /// <summary>Decides a batch now, whatever becomes of it on its way (delivery timeout, purge, dispose). Oldest first.</summary>
    /// <returns>False while a caller still copies into it.</returns>
    public bool GiveUp(ProducerBatch batch, ProduceError error)
    {
        if (!_outcomes.TryGiveUp(batch, error))
        {
            return false;
        }

        Settle();
        return true;
    }

    /// <summary>Looks at what the router named last: two such letters may overtake each other.</summary>
    public void Rerouted()
    {
        var route = Route;
        if (_topicId != route.TopicId && _topicId != Guid.Empty)
        {
            TopicReplaced();
        }

        _topicId = route.TopicId;
        if (route.Loop == Channel.Owner)
        {
            _gate.Withdraw(WhenIdle.Move);
        }
        else
        {
            _gate.AskFor(WhenIdle.Move);
            if (!_gate.IsIdle)
            {
                _sender!.Moves(this);
            }
        }

        Settle();
    }

    /// <summary>The brokers belong to another cluster now.</summary>
    public void ClusterReplaced()
    {
        _gate.AskFor(_context.IsIdempotent ? WhenIdle.BeginAgain : WhenIdle.None);
        Settle();
    }

    /// <summary>Fails the batches that wait for a producer id.</summary>
    public void FailUnnumbered(ProduceError error)
    {
        if (_numbers.NeedsIdentity)
        {
            _outcomes.FailUnnumbered(error);
            Settle();
        }
    }

    /// <summary>A back-off or a wait is over: lists the lane again if it has something.</summary>
    public void ListIfReady() => Channel.ListIfReady(_undecided.HasWaiting());

    /// <summary>After its turn: stays in the ring while it has something it may send, besides the batch that was taken just now.</summary>
    public void Relist(LaneTake result, ProducerBatch? taken) =>
        Channel.Relist(_undecided.HasWaiting(taken), isBlocked: result == LaneTake.Blocked);

    private void EndRequest(ProducerBatch batch)
    {
        _gate.Ended();
        batch.Delivery.IsInFlight = false;
        if (batch.IsDecided)
        {
            Channel.Recycle(batch);
        }
    }

    /// <summary>The new log knows no producer yet: what succeeds there says nothing about what the old one may have.</summary>
    private void TopicReplaced()
    {
        _gate.EndProof();
        _gate.AskFor(WhenIdle.AllowProof);
        _undecided.LetNobodyVouch();
    }

    /// <summary>After each change: publishes what is decided, in order, and goes on with what is possible now.</summary>
    private void Settle()
    {
        if (_gate.IsIdle)
        {
            RunWhenIdle(_gate.TakeDue());
        }

        _outcomes.OmitClosed();
        _outcomes.Publish();
        if (!IsMoving)
        {
            ListIfReady();
        }
        else if (_gate.IsIdle)
        {
            Move(Route.Loop);
        }
    }

    private void RunWhenIdle(WhenIdle due)
    {
        if ((due & WhenIdle.BeginAgain) != 0)
        {
            // Numbers of the old cluster must not be seen in the new one, where somebody else may have written under them.
            _outcomes.FailUnclear();
            _numbers.Restart();
            _gate.EndProof();
        }

        _undecided.AskOfThoseAfterUnnumbered();
        if (!_undecided.CanTellOfEarlier)
        {
            _outcomes.FailQuestions();
        }
    }

    private void Move(LaneLoop loop)
    {
        if (loop == Channel.Owner)
        {
            // The router has named this loop again, and its letter is on its way.
            _gate.Withdraw(WhenIdle.Move);
            ListIfReady();
            return;
        }

        _gate.Moved();
        Waits = LaneWaits.None;
        Channel.MoveTo(loop, _undecided.Wholes());
        loop.Post(loop.Arrived);
    }
}
