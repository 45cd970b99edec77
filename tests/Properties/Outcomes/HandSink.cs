using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Properties.Outcomes;

/// <summary>A sink that writes down what it is told, and counts what it is owed.</summary>
internal sealed class HandSink : Sink
{
    private readonly Lock _lock = new();
    private SinkInterest _interest;
    private int _entered;

    public HandSink(SinkInterest interest = SinkInterest.None, bool halts = false)
        : base(halts) => _interest = interest;

    /// <summary>What somebody wants from now on.</summary>
    public SinkInterest Wanted
    {
        set => _interest = value;
    }

    public override SinkInterest Interest => _interest;

    public bool HasEnded { get; set; }

    /// <summary>Batches and waiting records without outcome.</summary>
    public int Entered => Volatile.Read(ref _entered);

    /// <summary>One entry per record whose fact was kept: its index in the batch, its offset, its error, the record.</summary>
    public List<(int Index, long Offset, ProduceError? Error, Record? Record)> Facts { get; } = [];

    /// <summary>How many records had their outcome, facts kept or not.</summary>
    public int Decisions { get; private set; }

    public override bool TryEnter()
    {
        if (HasEnded)
        {
            return false;
        }

        Interlocked.Increment(ref _entered);
        return true;
    }

    public override void Leave() => Interlocked.Decrement(ref _entered);

    public override void Decided(SinkShare share)
    {
        lock (_lock)
        {
            Decisions += share.Count;
            for (var segment = share.Segments; segment is not null; segment = segment.Next)
            {
                for (var i = 0; i < segment.Count; i++)
                {
                    var index = segment.Facts[i].Index;
                    Facts.Add((index, share.Outcome.OffsetOf(index), share.Outcome.ErrorOf(index), share.Interest == SinkInterest.Records ? segment.Records[i] : null));
                }
            }
        }

        share.Return();
        Leave();
    }
}
