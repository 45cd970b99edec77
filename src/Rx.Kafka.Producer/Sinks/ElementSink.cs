using System.Runtime.CompilerServices;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Sinks;

/// <summary>A sink of records that are made of elements: an outcome has the very element that its record was made of.</summary>
/// <typeparam name="T">The element. A value type is boxed, once for each record.</typeparam>
internal sealed class ElementSink<T> : DeliverySink
{
    /// <inheritdoc/>
    public ElementSink(DispatcherContext context, bool halts = false)
        : base(context, halts) =>
        Deliveries = new DeliveryStream<Delivery<T>>(nameof(Deliveries), UpdateInterest, Dispatcher.Resume);

    public DeliveryStream<Delivery<T>> Deliveries { get; }

    public override bool IsFull => Deliveries.IsFull;

    public override bool HearsFailures => Deliveries.HasObservers;

    protected override SinkInterest Wanted => Deliveries.HasObservers ? SinkInterest.States : SinkInterest.None;

    public override void Tell(SinkShare share, FactSegment segment, int position)
    {
        if (share.Interest.HasStates() && Deliveries.HasObservers)
        {
            var fact = segment.Facts[position];
            ref readonly var outcome = ref share.Outcome;
            Dispatcher.Next(Deliveries, outcome.DeliveryOf(ElementOf(segment.States[position]), fact, outcome.ErrorOf(fact.Index)));
        }
    }

    public override void End(Exception? error) => Dispatcher.End(Deliveries, error);

    // It is what the input was given as a T: a checked cast would look it up for each record.
    private static T ElementOf(object? state) => typeof(T).IsValueType ? (T)state! : Unsafe.As<object?, T>(ref state);
}
