using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>An observable that a producer is subscribed to: records go in by OnNext, outcomes come back as Deliveries.</summary>
internal sealed class PushSource(KafkaProducer producer, Load load, Ledger ledger)
{
    /// <summary>Completes when every record was pushed and its outcome observed.</summary>
    public async Task RunAsync()
    {
        using var observed = producer.Deliveries.Subscribe(new DeliveryBook(ledger));
        using var thread = new EventLoopScheduler();
        using var pushed = Observable.Interval(Load.Tick, thread)
            .SelectMany(_ => load.Due())
            .Select(static due => due.Record)
            .Take(load.Count)
            .Subscribe(producer);
        await producer.Completion;
    }
}
