namespace Rx.Kafka.Batching;

/// <summary>A record whose caller stands in line, for memory in its partition's line or for metadata in its topic's. Who unlinks it under the line's lock ends it.</summary>
internal sealed class Waiter
{
    private readonly TaskCompletionSource _placed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IWaitingPlace? _place;
    private bool _isWithdrawn;

    public Waiter(in Record record, Face? face, RecordCompletion? completion, long timestamp, long joinedAt, long generation)
    {
        Record = record;
        Face = face;
        Completion = completion;
        Timestamp = timestamp;
        JoinedAt = joinedAt;
        Generation = generation;
    }

    /// <summary>Says that the record must stand in line, and its caller must bring a completion for that.</summary>
    public static Waiter Needed { get; } = new(default, null, null, 0, 0, 0);

    public Record Record { get; }

    /// <summary>Whom the outcome is told, when the record came by a face.</summary>
    public Face? Face { get; }

    /// <summary>Whom the outcome is told, when the record is awaited.</summary>
    public RecordCompletion? Completion { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long Timestamp { get; }

    /// <summary>Monotonic time of joining: MaxBlock runs from here, also from line to line.</summary>
    public long JoinedAt { get; }

    /// <summary>The flush generation it counts in until a batch takes it.</summary>
    public long Generation { get; }

    /// <summary>The line it stands in; null when it was ended, or is being placed.</summary>
    public WaitingLine? Line { get; set; }

    /// <summary>Where that line is; changes when a topic's line hands it to a partition's.</summary>
    public IWaitingPlace? Place
    {
        get => Volatile.Read(ref _place);
        set => Volatile.Write(ref _place, value);
    }

    /// <summary>Its caller wants to withdraw it: who cannot place it ends it, instead of putting it back.</summary>
    public bool IsWithdrawn => Volatile.Read(ref _isWithdrawn);

    public Waiter? Previous { get; set; }

    public Waiter? Next { get; set; }

    /// <summary>Completes with null when the record is in a batch, or with why it was refused.</summary>
    public Task Placed => _placed.Task;

    /// <summary>Why it was refused; null when it is in a batch, or was withdrawn. Read after <see cref="Placed"/>.</summary>
    public ProduceError? Refusal { get; private set; }

    /// <summary>The record is in a batch: its caller goes on. Without locks.</summary>
    public void ConfirmPlaced() => _placed.TrySetResult();

    /// <summary>The caller withdraws the record.</summary>
    /// <returns>True when it is out of every line and certainly not sent; false when it is in a batch, or about to be: then only the await ends.</returns>
    public bool TryWithdraw()
    {
        Volatile.Write(ref _isWithdrawn, true);
        Interlocked.MemoryBarrier();
        return Place is { } place && place.TryLeave(this);
    }

    /// <summary>Out of line because it was withdrawn: nobody is told an outcome but the await itself.</summary>
    public void ConfirmWithdrawn() => _placed.TrySetCanceled();

    /// <summary>The record was refused: the outcome goes to its face or its await, and the caller goes on. Without locks; the caller also leaves the flush generation.</summary>
    public void Refuse(ProduceError error)
    {
        if (Face is not null)
        {
            var share = FaceShare.Rent(Face, Face.Interest);
            if (share.NeedsSegment)
            {
                share.AddSegment();
            }

            share.Add(0, 0, Record);
            share.Decide(new BatchOutcome(Record.Topic, Record.Partition ?? -1, Timestamp, new OutcomeRange(0, -1, error)));
        }

        Completion?.Refuse(error);
        Refusal = error;
        _placed.TrySetResult();
    }
}
