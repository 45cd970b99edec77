using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Rx.Kafka.Benchmarks;

/// <summary>The observer that records are pushed into, and its outcomes' observer.</summary>
internal sealed class WayIn : IDisposable
{
    private readonly IDisposable? _observing;

    public WayIn(KafkaProducer producer, Outcomes outcomes, BenchOptions options)
    {
        switch (options.Mode)
        {
            case "sink":
                var sink = producer.OpenSink();
                _observing = sink.Subscribe(outcomes);
                OnNext = sink.OnNext;
                break;
            case "deliver":
                var source = new Subject<Element>();
                _observing = source.DeliverTo(producer, static element => element.Record).Subscribe(new ElementOutcomes(outcomes));
                OnNext = new Elements(source, options.Outstanding).OnNext;
                break;
            default:
                _observing = options.Mode is "handler" ? producer.Deliveries.Subscribe(outcomes) : null;
                OnNext = producer.OnNext;
                break;
        }
    }

    public Action<Record> OnNext { get; }

    public void Dispose() => _observing?.Dispose();

    /// <summary>An element of a user's stream.</summary>
    private sealed class Element
    {
        public Record Record { get; set; }
    }

    /// <summary>More elements than may be outstanding, so that one is used again only after its outcome.</summary>
    private sealed class Elements(Subject<Element> source, int outstanding)
    {
        private readonly Element[] _elements = [.. Enumerable.Range(0, outstanding + 1).Select(static _ => new Element())];
        private int _next;

        public void OnNext(Record record)
        {
            var element = _elements[_next];
            _next = _next + 1 == _elements.Length ? 0 : _next + 1;
            element.Record = record;
            source.OnNext(element);
        }
    }

    private sealed class ElementOutcomes(Outcomes outcomes) : IObserver<Delivery<Element>>
    {
        public void OnNext(Delivery<Element> value)
        {
            if (outcomes.Measures)
            {
                outcomes.Measure(Workload.SentAt(value.State.Record));
            }

            outcomes.Decide(value.Error);
        }

        public void OnError(Exception error) => outcomes.OnError(error);

        public void OnCompleted()
        {
        }
    }
}
