using System.Diagnostics.CodeAnalysis;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Network;

/// <summary>
/// The requests of one connection that wait for their answers, in the order sent, which is the order of the answers; and those without
/// an answer to come, until the network has taken their bytes. The owner's loop adds, the read loop removes.
/// </summary>
internal sealed class InFlightRequests(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<KafkaRequest> _requests = new();
    private readonly List<KafkaRequest> _unwritten = []; // without an answer to come; whoever writes has it
    private long _oldestSince = long.MaxValue;
    private long _unwrittenSince = long.MaxValue;
    private int _count;
    private int _lastUnanswerable = -1;

    /// <summary>How many wait for an answer.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// When the oldest became the oldest (a broker serves one request of a connection at a time, so its clock starts there), or since
    /// when bytes without an answer to come are not taken; long.MaxValue if there is none.
    /// </summary>
    public long OldestSince => Math.Min(Volatile.Read(ref _oldestSince), Volatile.Read(ref _unwrittenSince));

    /// <summary>Whether the oldest waits for its bytes to be taken, and not for an answer.</summary>
    public bool IsStuck => Volatile.Read(ref _unwrittenSince) <= Volatile.Read(ref _oldestSince);

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

    /// <summary>Puts a request at the end; one without an answer to come waits for <see cref="Written"/>.</summary>
    public void Add(KafkaRequest request, long now)
    {
        lock (_gate)
        {
            if (!request.ExpectsResponse)
            {
                _lastUnanswerable = request.CorrelationId;
                _unwritten.Add(request);
                if (_unwritten.Count == 1)
                {
                    Volatile.Write(ref _unwrittenSince, now);
                }

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

    /// <summary>The bytes of all requests were handed to the network, or could not be: those without an answer to come are told.</summary>
    public void Written(Exception? failure)
    {
        foreach (var request in _unwritten)
        {
            if (failure is null)
            {
                request.Flushed();
            }
            else
            {
                request.Lost(failure);
            }
        }

        _unwritten.Clear();
        Volatile.Write(ref _unwrittenSince, long.MaxValue);
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
