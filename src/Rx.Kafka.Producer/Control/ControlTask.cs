using Rx.Kafka.Network;

namespace Rx.Kafka.Control;

/// <summary>One kind of question to the cluster; at most one of a kind is on its way. All members belong to the control loop.</summary>
internal abstract class ControlTask
{
    /// <summary>Whether a question is on its way.</summary>
    public abstract bool IsAsking { get; }

    /// <summary>When to ask; long.MaxValue = there is nothing to ask, or a question is on its way.</summary>
    public abstract long DueAt { get; }

    /// <summary>Takes in what came: the answer, and what other threads left.</summary>
    public abstract void Poll(long now);

    /// <summary>Asks on a connection that can send.</summary>
    public abstract void Ask(BrokerConnection connection, long now);

    /// <summary>There is a connection now, which tells what its broker can do.</summary>
    public virtual void Connected(BrokerConnection connection, long now)
    {
    }

    /// <summary>In a whole round over all brokers nobody could be reached.</summary>
    public virtual void NobodyAnswered(Exception cause)
    {
    }

    /// <summary>The loop failed, by a fault of ours: the question on its way is forgotten.</summary>
    public abstract void LoopFailed(Exception cause, long now);

    /// <summary>The loop has ended and will not ask any more.</summary>
    public abstract void Disposed();
}

/// <summary>A question of a <see cref="ControlTask"/>. Its end is left here for the loop, which is woken.</summary>
internal abstract class ControlRequest(ControlLoop loop, BrokerConnection connection) : KafkaRequest
{
    private volatile Exception? _cause;
    private volatile bool _ended;

    public BrokerConnection Connection => connection;

    /// <summary>Whether the answer is read, or known not to come.</summary>
    public bool Ended => _ended;

    /// <summary>Why there is no answer; null = there is one.</summary>
    public Exception? Cause => _cause;

    public override void Answered()
    {
        _ended = true;
        loop.Wake();
    }

    public override void Lost(Exception cause)
    {
        _cause = cause;
        Answered();
    }
}
