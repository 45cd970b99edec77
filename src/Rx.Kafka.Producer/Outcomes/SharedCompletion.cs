using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Outcomes;

/// <summary>
/// The awaitable that a batch hands to 32 awaiting callers: no object per record. A caller's token is 5 bits of slot and 11 bits of
/// version; a slot's word changes by compare-and-swap only, so that a stale or repeated await touches nobody else's slot.
/// </summary>
internal sealed class SharedCompletion : IAwaitedRecord
{
    /// <summary>What a shared completion adds to the ledger, in bytes.</summary>
    public const int Bytes = (SlotCount * 24) + 128;

    private const int SlotCount = 32;
    private const int SlotBits = 5;
    private const int VersionMask = 0x7FF;
    private const int PhaseShift = 11;
    private const int PhaseMask = 7 << PhaseShift;
    private const int IndexShift = 14;
    private const int MaximumRelativeIndex = 0xFFFF;

    // A slot goes Free → Pending (record in the batch) → [Registering → Continued (somebody awaits) → Queued] → Consumed (result taken).
    private const int Pending = 1 << PhaseShift;
    private const int Registering = 2 << PhaseShift;
    private const int Continued = 3 << PhaseShift;
    private const int Queued = 4 << PhaseShift;
    private const int Consumed = 5 << PhaseShift;

    private readonly Slot[] _slots = new Slot[SlotCount];
    private readonly ContinuationQueue _continuations;
    private readonly ObjectPool<SharedCompletion> _home;
    private BatchOutcome _outcome;
    private int _firstIndex;
    private int _used;
    private int _done;
    private int _balance;

    public SharedCompletion(ContinuationQueue continuations, ObjectPool<SharedCompletion> home)
    {
        _continuations = continuations;
        _home = home;
    }

    /// <summary>The next shared completion of the same batch.</summary>
    public SharedCompletion? Next { get; set; }

    /// <summary>Whether a record at this index of the batch can still be added. Under the channel's gate.</summary>
    public bool HasRoom(int index) => _used < SlotCount && (_used == 0 || index - _firstIndex <= MaximumRelativeIndex);

    /// <summary>Adds a record and returns its token. Under the channel's gate.</summary>
    public short Add(int index, int timeDelta)
    {
        if (_used == 0)
        {
            _firstIndex = index;
        }

        var slotIndex = _used++;
        ref var slot = ref _slots[slotIndex];
        var version = slot.Word & VersionMask;
        slot.TimeDelta = timeDelta;
        Volatile.Write(ref slot.Word, version | Pending | ((index - _firstIndex) << IndexShift));
        return (short)((version << SlotBits) | slotIndex);
    }

    /// <summary>Publishes the outcome and queues the continuations that wait. Owner of the batch, once.</summary>
    public void Decide(in BatchOutcome outcome)
    {
        _outcome = outcome;
        var used = _used;
        _balance = used + 1;

        // A full barrier stands between publishing "done" and reading the slots; OnCompleted has its own between the two, the other way
        // round.
        Interlocked.Exchange(ref _done, 1);
        for (var i = 0; i < used; i++)
        {
            ref var slot = ref _slots[i];
            var word = Volatile.Read(ref slot.Word);
            if ((word & PhaseMask) == Continued)
            {
                QueueOnce(ref slot, word);
            }
        }

        Release();
    }

    public ValueTaskSourceStatus GetStatus(short token)
    {
        ref var slot = ref SlotOf(token);
        var word = Volatile.Read(ref slot.Word);
        if (!IsLive(word, token))
        {
            throw Misuse();
        }

        if (Volatile.Read(ref _done) == 0)
        {
            return ValueTaskSourceStatus.Pending;
        }

        return _outcome.ErrorOf(IndexOf(word)) is null ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Faulted;
    }

    // Never throws: thrown from here it would end the process. A repeated or stale registration is queued, and faults in GetResult.
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        (continuation, state) = ContinuationQueue.Capture(continuation, state, flags);
        ref var slot = ref SlotOf(token);
        var word = Volatile.Read(ref slot.Word);
        if (!IsLive(word, token) || (word & PhaseMask) != Pending || !Swap(ref slot, word, Registering))
        {
            _continuations.Queue(continuation, state);
            return;
        }

        slot.Continuation = continuation;
        slot.State = state;
        word = (word & ~PhaseMask) | Continued;
        Interlocked.Exchange(ref slot.Word, word);
        if (Volatile.Read(ref _done) != 0)
        {
            QueueOnce(ref slot, word);
        }
    }

    public RecordMetadata GetResult(short token)
    {
        var index = Consume(token, out var timeDelta);
        var error = _outcome.ErrorOf(index);
        var metadata = error is null ? _outcome.MetadataOf(index, timeDelta) : default;
        Release();
        return error is null ? metadata : throw error.ToException();
    }

    public ProduceError? Take(short token, int state, out Delivery<int> delivery)
    {
        var index = Consume(token, out var timeDelta);
        var error = _outcome.ErrorOf(index);
        delivery = _outcome.DeliveryOf(state, new RecordFact(index, timeDelta), error);
        Release();
        return error;
    }

    private static bool IsLive(int word, short token) =>
        (word & VersionMask) == (((ushort)token >> SlotBits) & VersionMask) && (word & PhaseMask) is not (0 or Consumed);

    private static bool Swap(ref Slot slot, int word, int phase) =>
        Interlocked.CompareExchange(ref slot.Word, (word & ~PhaseMask) | phase, word) == word;

    private static InvalidOperationException Misuse() =>
        new("This ValueTask was awaited twice, or its result was read before it completed or after it was consumed; a ValueTask is "
            + "awaited once: use AsTask() to await it more often or to block.");

    /// <summary>Claims the result for this await; who does releases.</summary>
    /// <returns>The record's number in its batch.</returns>
    private int Consume(short token, out int timeDelta)
    {
        ref var slot = ref SlotOf(token);
        var word = Volatile.Read(ref slot.Word);
        var phase = word & PhaseMask;
        if (!IsLive(word, token) || (phase != Pending && phase != Queued) || Volatile.Read(ref _done) == 0
            || !Swap(ref slot, word, Consumed))
        {
            throw Misuse();
        }

        timeDelta = slot.TimeDelta;
        return IndexOf(word);
    }

    private ref Slot SlotOf(short token) => ref _slots[token & (SlotCount - 1)];

    private int IndexOf(int word) => _firstIndex + (int)((uint)word >> IndexShift);

    private void QueueOnce(ref Slot slot, int word)
    {
        if (!Swap(ref slot, word, Queued))
        {
            return;
        }

        var continuation = slot.Continuation!;
        var state = slot.State;
        slot.Continuation = null;
        slot.State = null;
        _continuations.Queue(continuation, state);
    }

    /// <summary>The last of (every record consumed, outcome published) gives the shared completion back.</summary>
    private void Release()
    {
        if (Interlocked.Decrement(ref _balance) != 0)
        {
            return;
        }

        var wrapped = false;
        for (var i = 0; i < _used; i++)
        {
            ref var word = ref _slots[i].Word;
            var version = ((word & VersionMask) + 1) & VersionMask;
            wrapped |= version == 0;
            Volatile.Write(ref word, version);
        }

        _outcome = default;
        _used = 0;
        _done = 0;
        Next = null;

        // At a version's wrap an old token would fit again: such a shared completion is left to the collector.
        if (!wrapped)
        {
            _home.Return(this);
        }
    }

    private struct Slot
    {
        public int Word;
        public int TimeDelta;
        public Action<object?>? Continuation;
        public object? State;
    }
}

/// <summary>
/// The shared completions of one producer; as many are kept as awaiting callers of a full buffer need, because the pool's default (2 ×
/// cores) would allocate nearly always.
/// </summary>
internal sealed class SharedCompletionPool : PooledObjectPolicy<SharedCompletion>
{
    private readonly ContinuationQueue _continuations;
    private readonly DefaultObjectPool<SharedCompletion> _pool;

    public SharedCompletionPool(ContinuationQueue continuations, long bufferMemory)
    {
        _continuations = continuations;
        _pool = new DefaultObjectPool<SharedCompletion>(this, (int)Math.Clamp(bufferMemory / 4096, 64, 65536));
    }

    public SharedCompletion Rent() => _pool.Get();

    public override SharedCompletion Create() => new(_continuations, _pool);

    public override bool Return(SharedCompletion obj) => true;
}
