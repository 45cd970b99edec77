using System.Reactive.Subjects;
using System.Threading.Channels;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>The sinks of a scenario's callers: each caller has one for each way in.</summary>
internal sealed class ScenarioSinks(KafkaProducer producer, ScenarioRun run, Func<TimeSpan> now)
{
    private readonly Dictionary<(int Caller, StepKind Way), ProducerSink> _sinks = [];
    private readonly Dictionary<int, Subject<Element>> _sources = [];

    /// <summary>Offers a record; completes when the caller may go on.</summary>
    public async Task OfferAsync(Offered offered, Record record)
    {
        var step = offered.Step;
        if (step.Kind == StepKind.Deliver)
        {
            SourceOf(step.Caller).OnNext(new Element(offered, record));
            offered.AcceptedAt = now();
            return;
        }

        var sink = SinkOf(step);
        if (step.Kind != StepKind.Write)
        {
            sink.OnNext(record);
            offered.AcceptedAt = now();
            return;
        }

        try
        {
            await sink.Writer.WriteAsync(record);
        }
        catch (ChannelClosedException e)
        {
            throw new ObjectDisposedException("The sink's writer.", e);
        }

        // It may still stand in line, for MaxBlock at most.
        offered.AcceptedAt = now() + TimeSpan.FromMilliseconds(run.Scenario.Setup.MaxBlockMs);
    }

    /// <summary>Ends all sources and waits until their sinks have ended.</summary>
    public async Task CompleteAsync()
    {
        foreach (var source in _sources.Values)
        {
            source.OnCompleted();
        }

        foreach (var sink in _sinks.Values)
        {
            await sink.DisposeAsync();
        }
    }

    private ProducerSink SinkOf(Step step)
    {
        if (!_sinks.TryGetValue((step.Caller, step.Kind), out var sink))
        {
            sink = producer.OpenSink(step.Kind == StepKind.HaltingNext ? OnFailure.Halt : OnFailure.Continue);
            _sinks.Add((step.Caller, step.Kind), sink);
            var told = ToldOf(step);
            sink.Subscribe(new Collector<Delivery<Record>>(delivery => Told(told, run.Records[ScenarioRecords.IdOf(delivery.State.Value)], delivery)));
        }

        return sink;
    }

    private Subject<Element> SourceOf(int caller)
    {
        if (!_sources.TryGetValue(caller, out var source))
        {
            source = new Subject<Element>();
            _sources.Add(caller, source);
            var told = ToldOf(new Step(caller, StepKind.Deliver));
            source.DeliverTo(producer, static element => element.Record)
                .Subscribe(new Collector<Delivery<Element>>(delivery => Told(told, delivery.State.Offered, delivery.WithState(delivery.State.Record))));
        }

        return source;
    }

    private List<int> ToldOf(Step step) => run.SinkDeliveries[(step.Caller, step.Kind)] = [];

    private void Told(List<int> told, Offered offered, in Delivery<Record> delivery)
    {
        told.Add(offered.Id);
        offered.Delivered(delivery, now());
    }

    private sealed record Element(Offered Offered, Record Record);
}
