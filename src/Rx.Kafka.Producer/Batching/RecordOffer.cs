using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Batching;

/// <summary>
/// All that is known about one record on its way in. The caller makes it, and each stage reads what it needs and writes what it decides:
/// no stage copies it. It lives on the caller's stack. A record that must wait leaves it for a <see cref="WaitingRecord"/>; the drainer
/// makes a new offer for that one.
/// </summary>
internal ref struct RecordOffer
{
    public RecordOffer(in Record record, Sink? sink = null, RecordCompletion? completion = null)
    {
        Record = ref record;
        Sink = sink;
        Completion = completion;
    }

    /// <summary>The offer of a record that stands in line.</summary>
    public RecordOffer(WaitingRecord waiting, in Record record)
        : this(record, waiting.Sink, waiting.Completion)
    {
        Waiting = waiting;
        State = waiting.State;
        Trace = waiting.Trace;
    }

    /// <summary>The caller's record; kept only if its sink wants it back.</summary>
    public ref readonly Record Record;

    /// <summary>Its caller uses its memory again after the offer: who keeps the record copies it.</summary>
    public bool IsBorrowed;

    /// <summary>Its bytes and its time. Set by <see cref="TryRead"/>.</summary>
    public RecordView View;

    /// <summary>Whom to tell the outcome; null = <see cref="Completion"/>, or a shared completion.</summary>
    public readonly Sink? Sink;

    /// <summary>Whom to tell instead; a record that waits in line and has no sink needs one.</summary>
    public readonly RecordCompletion? Completion;

    /// <summary>The element that it was made of, for a sink of elements.</summary>
    public object? State;

    /// <summary>Its place in line: the one that it comes from, or the one that it was given.</summary>
    public WaitingRecord? Waiting;

    /// <summary>Its caller has waited for observers since before the producer was disposed: it is still taken.</summary>
    public bool CameBeforeDispose;

    /// <summary>What it carries of a trace; null while nobody listens.</summary>
    public RecordTrace? Trace;

    /// <summary>Why it was refused.</summary>
    public ProduceError? Error;

    /// <summary>The partition whose line it must join; null with MustWait = its topic's line.</summary>
    public PartitionChannel? MustWaitIn;

    /// <summary>Where it was placed: the awaitable, when it is awaited by a shared completion, and its token there.</summary>
    public SharedCompletion? Shared;
    public short Token;

    /// <summary>No batch of the partition has room left.</summary>
    public bool AllFull;

    /// <summary>By how much the partition's batches grew, a new batch's header included: the sticky partitioner counts this.</summary>
    public int PlacedBytes;

    /// <summary>What its sink wants to know. Read once under the gate, because somebody may subscribe meanwhile.</summary>
    public SinkInterest Interest;

    /// <summary>What the loop must be told after the gate is open again.</summary>
    public LoopNotice Notice;

    /// <summary>A large record's room in a batch, to be filled after the gate is open again.</summary>
    public PendingCopy Copy;

    public readonly bool NeedsSharedCompletion => Sink is null && Completion is null;

    /// <summary>Its sink, if that has batches of its own.</summary>
    public readonly Sink? HaltingSink => Sink is { Halted: not null } ? Sink : null;

    /// <summary>Whether its caller probably does nothing else before the outcome comes.</summary>
    public readonly bool IsAwaited => Sink is null && Completion is not { MayGoUnheard: true };

    /// <summary>Takes the record's spans, or says in <see cref="Error"/> why its memory cannot be read.</summary>
    // NoInlining: a handler in the caller would keep all its variables in memory.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool TryRead(long timestamp)
    {
        try
        {
            if (Record.HeadersOrNull is { } headers && !IsArrayBacked(headers))
            {
                CopyHeaders(headers);
            }

            View = new RecordView(in Record, timestamp);
            return true;
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            Error = RecordView.Unreadable(unreadable);
            return false;
        }
    }

    /// <summary>It goes with the headers of a trace.</summary>
    // NoInlining: it is rare, and what it needs on the stack would be cleared for each record.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void BeginTrace(SendTracing tracing)
    {
        var traced = new StrongBox<Record>(Record);
        Trace = tracing.Begin(ref traced.Value);
        Record = ref traced.Value;
    }

    private static bool IsArrayBacked(RecordHeaders headers)
    {
        foreach (ref readonly var header in headers.Span)
        {
            if (header.Value is { } value && !MemoryMarshal.TryGetArray(value, out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Header memory is read under the gate; foreign memory, which may throw, is copied first.</summary>
    private void CopyHeaders(RecordHeaders headers)
    {
        var copy = new StrongBox<Record>(Record with { Headers = headers.WithMemoryOfTheirOwn() });
        Record = ref copy.Value;
    }
}

/// <summary>A large record's room in a batch.</summary>
internal readonly record struct PendingCopy(ProducerBatch? Batch, ArraySegment<byte> Room, int BodySize, int TimeDelta, int Index);

/// <summary>What became of an offered record.</summary>
internal enum OfferResult
{
    /// <summary>It is in a batch.</summary>
    Placed,

    /// <summary>It was refused: see <see cref="RecordOffer.Error"/>.</summary>
    Refused,

    /// <summary>It stands in line: see <see cref="RecordOffer.Waiting"/>.</summary>
    Waits,

    /// <summary>It must stand in line, and its caller must bring a completion for that.</summary>
    NeedsCompletion,

    /// <summary>Its sink had ended before it was accepted.</summary>
    SinkEnded,
}

/// <summary>What became of a record offered to a partition.</summary>
internal enum AppendResult
{
    /// <summary>It is in a batch.</summary>
    Placed,

    /// <summary>It needs a new batch, and the caller said that it may not open one.</summary>
    WouldOpen,

    /// <summary>There is no memory for it now, or others stand in line: join the line.</summary>
    MustWait,

    /// <summary>The channel was closed by dispose.</summary>
    Closed,

    /// <summary>Its sink ended before it was placed.</summary>
    SinkEnded,
}
