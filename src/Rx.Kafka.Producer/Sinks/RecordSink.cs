using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Sinks;

/// <summary>A sink whose outcomes are an observable of acknowledgements and one of all deliveries, with the records themselves.</summary>
internal sealed class RecordSink : DeliverySink
{
    /// <inheritdoc/>
    public RecordSink(DispatcherContext context, bool halts = false)
        : base(context, halts)
    {
        Acks = new DeliveryStream<RecordMetadata>(nameof(Acks), UpdateInterest, Dispatcher.Resume);
        Deliveries = new DeliveryStream<Delivery<Record>>(nameof(Deliveries), UpdateInterest, Dispatcher.Resume);
    }

    public DeliveryStream<RecordMetadata> Acks { get; }

    public DeliveryStream<Delivery<Record>> Deliveries { get; }

    public override bool IsFull => Acks.IsFull || Deliveries.IsFull;

    public override bool HearsFailures => Deliveries.HasObservers;

    protected override SinkInterest Wanted =>
        Deliveries.HasObservers ? SinkInterest.Records : Acks.HasObservers ? SinkInterest.Facts : SinkInterest.None;

    public override void Tell(SinkShare share, FactSegment segment, int position)
    {
        ref readonly var outcome = ref share.Outcome;
        var fact = segment.Facts[position];
        var error = outcome.ErrorOf(fact.Index);
        if (error is null && Acks.HasObservers)
        {
            Dispatcher.Next(Acks, outcome.MetadataOf(fact.Index, fact.TimeDelta));
        }

        if (share.Interest.HasRecords() && Deliveries.HasObservers)
        {
            Dispatcher.Next(Deliveries, outcome.DeliveryOf(segment.Records[position], fact, error));
        }
    }

    public override void End(Exception? error)
    {
        Dispatcher.End(Acks, error);
        Dispatcher.End(Deliveries, error);
    }
}
