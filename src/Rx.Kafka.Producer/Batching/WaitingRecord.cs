using Rx.Kafka.Diagnostics;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Batching;

/// <summary>
/// A record whose caller stands in line, for memory in its partition's line or for metadata in its topic's. Its state changes by
/// compare-and-swap only. It is Placing while it is offered, Standing in line, and Placing again while the drainer tries it. A caller that
/// withdraws it, or a purge, gives it up: a standing one is ended by whoever gave it up, one that is being placed by the drainer.
/// </summary>
internal sealed class WaitingRecord
{
    /// <summary>Given up by its caller.</summary>
    public static readonly object Withdrawn = new();

    private static readonly object Placing = new();
    private static readonly object Standing = new();

    private readonly TaskCompletionSource _placed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Placing, Standing, or why it was given up: <see cref="Withdrawn"/>, or the error of a purge.</summary>
    private object _state = Placing;

    /// <param name="offer">The offer that could not be placed.</param>
    /// <param name="joinedAt">Monotonic time of joining.</param>
    /// <param name="generation">The flush generation it counts in.</param>
    public WaitingRecord(ref RecordOffer offer, long joinedAt, long generation)
    {
        Record = offer.IsBorrowed ? offer.Record.WithMemoryOfItsOwn() : offer.Record;
        State = offer.State;
        Trace = offer.Trace;
        Sink = offer.Sink;
        Completion = offer.Completion;
        Timestamp = offer.View.Timestamp;
        JoinedAt = joinedAt;
        Generation = generation;
    }

    public Record Record { get; }

    /// <summary>The element that it was made of, for its sink.</summary>
    public object? State { get; }

    /// <summary>What it carries of a trace.</summary>
    public RecordTrace? Trace { get; }

    /// <summary>Whom the outcome is told, when the record came by a sink.</summary>
    public Sink? Sink { get; }

    /// <summary>Whom the outcome is told, when the record is awaited.</summary>
    public RecordCompletion? Completion { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long Timestamp { get; }

    /// <summary>Monotonic time of joining its first line.</summary>
    public long JoinedAt { get; }

    /// <summary>When a record last left the line that this one was handed over from, for <see cref="MaxBlock"/>. Drainer.</summary>
    public long LineMovedAt { get; set; } = long.MinValue;

    /// <summary>Whether a thread is blocked in OnNext until it is placed.</summary>
    public bool BlocksItsCaller => Sink is not null;

    /// <summary>The flush generation it counts in until a batch takes it.</summary>
    public long Generation { get; }

    /// <summary>The line it stands in; changes when a topic's line hands it over to a partition's. Under that line's lock.</summary>
    public WaitingRecords? Line { get; set; }

    /// <summary>Its place there. Under the line's lock.</summary>
    public LinkedListNode<WaitingRecord>? Node { get; set; }

    /// <summary>Completes when the record is in a batch or refused; cancelled when it was withdrawn.</summary>
    public Task Placed => _placed.Task;

    /// <summary>Why it was refused; null when it is in a batch, or was withdrawn. Read after <see cref="Placed"/>.</summary>
    public ProduceError? Refusal { get; private set; }

    /// <summary>
    /// Whether somebody gave it up: it must not be placed any more. Read under the gate, for a purge gives up what was placed before.
    /// </summary>
    public bool IsGivenUp => Volatile.Read(ref _state) is { } state && state != Placing && state != Standing;

    /// <summary>The error of the purge that gave it up; null = its caller withdrew it.</summary>
    public ProduceError? PurgedBy => Volatile.Read(ref _state) as ProduceError;

    /// <summary>The drainer takes it. False when it was given up.</summary>
    public bool TryBeginPlacing() => Interlocked.CompareExchange(ref _state, Placing, Standing) == Standing;

    /// <summary>It waits on. False when it was given up meanwhile: whoever tried to place it ends it.</summary>
    public bool TryStand() => Interlocked.CompareExchange(ref _state, Standing, Placing) == Placing;

    /// <summary>Its caller withdraws it, or a purge ends it.</summary>
    /// <returns>
    /// True when it stood in line: the caller of this unlinks and ends it. False when it is in a batch, or about to be: the drainer ends
    /// it if it cannot be placed.
    /// </returns>
    public bool TryGiveUp(object by)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state != Standing && state != Placing)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _state, by, state) == state)
            {
                return state == Standing;
            }
        }
    }

    /// <summary>The record is in a batch: its caller goes on. Without locks.</summary>
    public void ConfirmPlaced() => _placed.TrySetResult();

    /// <summary>Out of line because it was withdrawn: its caller goes on, and no observer is told.</summary>
    public void ConfirmWithdrawn()
    {
        Completion?.Withdrawn();
        _placed.TrySetCanceled();
    }

    /// <summary>
    /// The record was refused: the outcome goes to its sink or its await, and the caller goes on. Without locks; whoever calls also
    /// leaves the flush generation.
    /// </summary>
    public void Refuse(ProduceError error)
    {
        Sink?.Refuse(Record, State, Timestamp, error);
        Completion?.Refuse(error);
        Refusal = error;
        _placed.TrySetResult();
    }
}
