using Rx.Kafka.Diagnostics;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Sinks;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>One sink without a producer: batches are made and decided by hand, the dispatcher is pumped.</summary>
internal sealed class SinkWorld
{
    private static readonly ProducerMetrics Metrics = new("me", TimeProvider.System);

    private readonly Queue<Action> _undecided = new();

    public SinkWorld(int seed, int window = 0, ProducerRuntime? runtime = null, TimeSpan? maxBlock = null)
    {
        Pumped = new PumpedScheduler(seed);
        runtime ??= new ProducerRuntime { TaskScheduler = Pumped };
        var time = runtime.Time ?? TimeProvider.System;
        var options = new KafkaProducerOptions { Runtime = runtime, MaxUnobservedDeliveries = window, MaxBlock = maxBlock ?? TimeSpan.FromSeconds(60) };
        Context = new DispatcherContext(options, time, new SinkEvents(Log, Metrics, time, runtime.TaskScheduler));
        Sink = new RecordSink(Context);
    }

    public PumpedScheduler Pumped { get; }

    public EventLog Log { get; } = new();

    public DispatcherContext Context { get; }

    public RecordSink Sink { get; }

    /// <summary>How many records were accepted; their offsets are their numbers.</summary>
    public int Accepted { get; private set; }

    /// <summary>Accepts a batch of records; they are decided later, batch by batch.</summary>
    /// <returns>False when the sink has ended.</returns>
    public bool Accept(int count)
    {
        if (!Sink.TryEnter())
        {
            return false;
        }

        var first = Accepted;
        Accepted += count;
        var share = SinkShare.Rent(Sink, Sink.Interest);
        for (var i = 0; i < count; i++)
        {
            if (share.NeedsSegment)
            {
                share.AddSegment();
            }

            share.Add(i, i, new Record("t", null, []), state: null);
        }

        _undecided.Enqueue(() => share.Decide(new BatchOutcome("t", 0, 1000, new OutcomeRange(0, first, null))));
        return true;
    }

    /// <summary>The oldest batch has its outcome.</summary>
    public bool DecideOne()
    {
        if (!_undecided.TryDequeue(out var decide))
        {
            return false;
        }

        decide();
        return true;
    }

    /// <summary>Decides and tells until nothing is left.</summary>
    public void Settle()
    {
        do
        {
            Pumped.RunUntilIdle();
        }
        while (DecideOne());
    }
}
