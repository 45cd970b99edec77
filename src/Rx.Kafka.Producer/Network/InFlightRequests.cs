using System.Diagnostics.CodeAnalysis;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Network;

/// <summary>
/// The requests of one connection that wait for their answers, in the order sent, which is the order of the answers. The owner's loop
/// adds, the read loop removes.
/// </summary>
internal sealed class InFlightRequests(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<KafkaRequest> _requests = new();
    private long _oldestSince = long.MaxValue;
    private int _count;
    private int _lastUnanswerable = -1;

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// When the oldest became the oldest (a broker serves one request of a connection at a time, so its clock starts there);
    /// long.MaxValue if there is none.
    /// </summary>
    public long OldestSince => Volatile.Read(ref _oldestSince);

    /// <summary>Whether the oldest has waited for too long.</summary>
    /// <param name="now">The timestamp.</param>
    /// <param name="heldUntil">Its clock stands still until then: the broker throttles.</param>
    /// <param name="limit">How long it may wait.</param>
    /// <param name="due">When it will have; long.MaxValue if there is none.</param>
    public bool IsOverdue(long now, long heldUntil, TimeSpan limit, out long due)
    {
        due = OldestSince is var since and not long.MaxValue ? time.After(Math.Max(since, heldUntil), limit) : long.MaxValue;
        return due <= now;
    }

    /// <summary>Puts a request at the end, or only remembers its number if no answer is to come.</summary>
    public void Add(KafkaRequest request, long now)
    {
        lock (_gate)
        {
            if (!request.ExpectsResponse)
            {
                _lastUnanswerable = request.CorrelationId;
                return;
            }

            _requests.Enqueue(request);
            if (_requests.Count == 1)
            {
                Volatile.Write(ref _oldestSince, now);
            }

            Volatile.Write(ref _count, _requests.Count);
        }
    }

    /// <summary>The oldest, whose answer must come next.</summary>
    public bool TryPeek([NotNullWhen(true)] out KafkaRequest? request)
    {
        lock (_gate)
        {
            return _requests.TryPeek(out request);
        }
    }

    /// <summary>Removes the oldest.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public KafkaRequest Remove(long now)
    {
        lock (_gate)
        {
            var request = _requests.Dequeue();
            Volatile.Write(ref _oldestSince, _requests.Count == 0 ? long.MaxValue : now);
            Volatile.Write(ref _count, _requests.Count);
            return request;
        }
    }

    /// <summary>
    /// Whether a number may belong to a request that asked for no answer. Numbers grow within a connection, so it is told from a wrong
    /// one.
    /// </summary>
    public bool IsUnanswerable(int correlationId)
    {
        lock (_gate)
        {
            return correlationId >= 0 && correlationId <= _lastUnanswerable;
        }
    }
}
