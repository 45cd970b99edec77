using Rx.Kafka.Concurrency;
using Rx.Kafka.Network;

namespace Rx.Kafka.Metadata;

/// <summary>A request of the refresh loop: its end is left here for the loop, which is woken.</summary>
internal abstract class PostedRequest(AsyncSignal wake) : KafkaRequest
{
    private volatile Exception? _cause;
    private volatile bool _ended;

    /// <summary>Whether the answer is read, or known not to come.</summary>
    public bool Ended => _ended;

    /// <summary>Why there is no answer; null = there is one.</summary>
    public Exception? Cause => _cause;

    public override void Answered()
    {
        _ended = true;
        wake.Set();
    }

    public override void Lost(Exception cause)
    {
        _cause = cause;
        _ended = true;
        wake.Set();
    }
}
