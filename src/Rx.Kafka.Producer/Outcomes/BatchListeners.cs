namespace Rx.Kafka.Outcomes;

/// <summary>
/// Who is told a batch's outcome: per sink its share, else shared completions or single ones. Written under the channel's gate, told once
/// by the lane's owner.
/// </summary>
internal struct BatchListeners
{
    private SinkShare? _shares;
    private SharedCompletion? _sharedCompletions;
    private RecordCompletion? _completions;

    /// <summary>Records of whose failure perhaps nobody is told: nobody observes their sink's deliveries, or looks at their task.</summary>
    public readonly int Unobserved
    {
        get
        {
            var records = 0;
            for (var share = _shares; share is not null; share = share.Next)
            {
                // Both: who unsubscribed meanwhile hears nothing, and who subscribed later hears nothing about these.
                records += share.Interest.TellsFailures() && share.Sink.HearsFailures ? 0 : share.Count;
            }

            for (var completion = _completions; completion is not null; completion = completion.Next)
            {
                records += completion.MayGoUnheard ? 1 : 0;
            }

            return records;
        }
    }

    /// <summary>
    /// The share of a sink whose next record can be added, or null where the share or its next segment must be charged first.
    /// </summary>
    public readonly SinkShare? ShareFor(Sink sink, SinkInterest interest) =>
        _shares is { } share && share.Sink == sink && share.Interest == interest && !share.NeedsSegment ? share : FindShare(sink, interest);

    /// <summary>What <see cref="GrowShare"/> will add to the ledger.</summary>
    public readonly int ShareBytes(Sink sink, SinkInterest interest) =>
        SinkShare.SegmentBytes(interest, first: ShareOf(sink, interest) is null);

    /// <summary>
    /// Makes room for a sink's next record; it must have been charged. A new share comes first in the list, where the next lookup finds
    /// it.
    /// </summary>
    public void GrowShare(Sink sink, SinkInterest interest)
    {
        var share = ShareOf(sink, interest);
        if (share is null)
        {
            share = SinkShare.Rent(sink, interest);
            share.Next = _shares;
            _shares = share;
        }

        if (interest != SinkInterest.None)
        {
            share.AddSegment();
        }
    }

    public readonly bool HasShareOf(Sink sink, SinkInterest interest) => ShareOf(sink, interest) is not null;

    /// <summary>A shared completion that can take the record of this number.</summary>
    public readonly SharedCompletion? SharedWithRoom(int index) =>
        _sharedCompletions is { } shared && shared.HasRoom(index) ? shared : null;

    public void Add(SharedCompletion shared)
    {
        shared.Next = _sharedCompletions;
        _sharedCompletions = shared;
    }

    public void Add(RecordCompletion completion)
    {
        completion.Next = _completions;
        _completions = completion;
    }

    /// <summary>Tells everybody the outcome; afterwards nobody is held.</summary>
    public void Decide(in BatchOutcome outcome)
    {
        // Newest first in the list; the facts of one sink are told in order.
        SinkShare? oldest = null;
        for (var share = _shares; share is not null;)
        {
            var next = share.Next;
            share.Next = oldest;
            oldest = share;
            share = next;
        }

        while (oldest is not null)
        {
            var next = oldest.Next;
            oldest.Next = null;
            oldest.Decide(outcome);
            oldest = next;
        }

        for (var shared = _sharedCompletions; shared is not null;)
        {
            var next = shared.Next;
            shared.Decide(outcome);
            shared = next;
        }

        for (var completion = _completions; completion is not null;)
        {
            var next = completion.Next;
            completion.Next = null;
            completion.Decide(outcome);
            completion = next;
        }

        this = default;
    }

    private readonly SinkShare? FindShare(Sink sink, SinkInterest interest) =>
        ShareOf(sink, interest) is { NeedsSegment: false } share ? share : null;

    /// <summary>
    /// The sink's newest share, if it keeps what is wanted now. An older one is not added to again, else facts would be told out of
    /// order.
    /// </summary>
    private readonly SinkShare? ShareOf(Sink sink, SinkInterest interest)
    {
        for (var share = _shares; share is not null; share = share.Next)
        {
            if (share.Sink == sink)
            {
                return share.Interest == interest ? share : null;
            }
        }

        return null;
    }
}
