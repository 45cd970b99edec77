using Microsoft.Extensions.Logging;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Runs a scenario in a simulation of its own.</summary>
internal sealed class ScenarioRunner
{
    private const string ObserverThrew = "An observer of the test throws.";

    private readonly Scenario _scenario;
    private readonly ScenarioRun _run;
    private readonly Simulation _simulation;
    private readonly ScenarioCluster _cluster;
    private readonly KafkaProducer _producer;
    private readonly ObservedRuntime _runtime;
    private readonly ScenarioSinks _sinks;
    private readonly ScenarioSends _sends;
    private readonly ScenarioSpans? _spans;

    private ScenarioRunner(Scenario scenario, Simulation simulation, ILoggerFactory? logs)
    {
        _run = new ScenarioRun(scenario);
        _spans = scenario.Setup.TracesRecords is null ? null : new ScenarioSpans(_run);
        var setup = scenario.Setup;
        _scenario = scenario;
        _simulation = simulation;
        simulation.Network.Latency = TimeSpan.FromMilliseconds(setup.LatencyMs);
        simulation.Network.MaximumChunkBytes = setup.TornBytes;
        _cluster = new ScenarioCluster(simulation, setup);
        var options = setup.Options(_cluster.Kafka.BootstrapServers);
        options.Runtime = _runtime = new ObservedRuntime(simulation);
        options.Transport = simulation.Network;
        options.ClientId = _spans?.ClientId ?? options.ClientId;
        _producer = new KafkaProducer(options, logs);
        _sinks = new ScenarioSinks(_producer, _run, () => Now);
        _sends = new ScenarioSends(_producer, _run, () => Now);
    }

    private TimeSpan Now => _simulation.Time.Elapsed;

    /// <summary>Runs it.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="logs">Where the producer logs.</param>
    public static ScenarioRun Run(Scenario scenario, Func<Simulation, ILoggerFactory>? logs = null)
    {
        // Looking for escapes takes longer than most scenarios: a few look for all.
        using var simulation = new Simulation(scenario.Seed)
        {
            LooksForEscapes = scenario.Seed % 16 == 0,
            FailsOnUnhandledExceptions = scenario.Steps.All(static step => step.Kind != StepKind.WatchAndThrow),
        };
        var runner = new ScenarioRunner(scenario, simulation, logs?.Invoke(simulation));
        using var spans = runner._spans;
        simulation.Run(runner.RunAsync);
        simulation.RunUntilIdle();
        simulation.Advance(TimeSpan.FromMinutes(5));
        runner._run.OpenConnections = simulation.Network.Connections.Count;
        runner.ReadLogs();
        return runner._run;
    }

    private async Task RunAsync()
    {
        _producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(delivery =>
        {
            var id = ScenarioRecords.IdOf(delivery.State.Value);
            _run.Deliveries.Add(id);
            _run.Records[id].Delivered(delivery, Now);
        }));
        _producer.Acks.Subscribe(new Collector<RecordMetadata>(_run.Acks.Add));
        _ = ObserveCompletionAsync();
        if (_scenario.Setup.Warm)
        {
            await WarmUpAsync();
        }

        var script = new FaultScript(_simulation, _cluster);
        var faults = _scenario.Faults.Select(script.PlayAsync).ToArray();
        var callers = _scenario.Steps.GroupBy(static step => step.Caller).Select(steps => Start(() => CallAsync([.. steps]))).ToArray();
        await Task.WhenAll(callers);
        await EndAsync();
        await Task.WhenAll(faults);
    }

    private async Task WarmUpAsync()
    {
        try
        {
            await _producer.GetPartitionsAsync(ScenarioRecords.Topic);
        }
        catch (KafkaException)
        {
            // MaxBlock was too short.
        }
    }

    private static Task Start(Func<Task> body) => Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();

    private async Task ObserveCompletionAsync()
    {
        await CompletionAsync();
        _run.CompletionAt = Now;
    }

    private async Task CompletionAsync()
    {
        try
        {
            await _producer.Completion;
        }
        catch (Exception e) when (e is TimeoutException || e.Message == ObserverThrew)
        {
            // Told after all outcomes, or when dispose leaves the observers.
        }
    }

    private async Task EndAsync()
    {
        if (_scenario.Ending == Ending.FlushAndDispose)
        {
            await FlushAsync(StepKind.Flush);
        }
        else if (_scenario.Ending == Ending.CompleteAndDispose)
        {
            _producer.OnCompleted();
            await CompletionAsync();
            await _sinks.CompleteAsync();
            await FlushAsync(StepKind.Flush);
        }

        await DisposeAsync();
        _run.ArmedTimers = _runtime.ArmedTimers;
        _run.Left = _producer.GetStatus();
    }

    private async Task DisposeAsync()
    {
        var started = Now;
        if (_scenario.Ending == Ending.BlockingDispose)
        {
            _producer.Dispose();
        }
        else
        {
            await _producer.DisposeAsync();
        }

        var took = Now - started;
        _run.DisposeTook = took > _run.DisposeTook ? took : _run.DisposeTook;
    }

    private async Task CallAsync(Step[] steps)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            var step = steps[i];
            using var caller = _spans is not null && step.IsRecord ? ScenarioSpans.Begin() : null;
            await (step.Kind switch
            {
                StepKind.SendAll or StepKind.SendSequence => _sends.OfferAsync([.. steps.Skip(i).TakeWhile(next => next.Kind == step.Kind)], TokenOf(step)),
                StepKind.Pause => Task.Delay(TimeSpan.FromMilliseconds(step.Ms), _simulation.Time),
                StepKind.Flush or StepKind.Purge => FlushAsync(step.Kind),
                StepKind.Watch or StepKind.WatchAndThrow => Watch(step),
                StepKind.Dispose => DisposeAmidAsync(),
                _ => OfferAsync(step),
            });
            i += step.IsOneOfMany ? steps.Skip(i + 1).TakeWhile(next => next.Kind == step.Kind).Count() : 0;
        }
    }

    private async Task FlushAsync(StepKind kind)
    {
        var flush = new FlushRun(kind, Now, [.. _run.Records.Where(static record => record.ReturnedAt is not null && record.DoneAt is null)]);
        _run.Flushes.Add(flush);
        await (kind == StepKind.Flush ? _producer.FlushAsync() : _producer.PurgeAsync());
        flush.EndedAt = Now;
    }

    private async Task OfferAsync(Step step)
    {
        var offered = new Offered(_run.Records.Count, step, Now);
        _run.Records.Add(offered);
        try
        {
            await OfferAsync(offered, ScenarioRecords.Make(offered.Id, step));
        }
        catch (ObjectDisposedException e)
        {
            offered.Failed(e, Now);
        }

        offered.ReturnedAt = Now;
    }

    private Task DisposeAmidAsync()
    {
        _run.DisposedAt ??= Now;
        return DisposeAsync();
    }

    private Task Watch(Step step)
    {
        var watch = new WatchRun(_run.Records.Count, step.Kind == StepKind.WatchAndThrow);
        _run.Watches.Add(watch);
        var subscription = _producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(delivery =>
        {
            watch.Seen.Add(ScenarioRecords.IdOf(delivery.State.Value));
            if (watch.Throws)
            {
                throw new InvalidOperationException(ObserverThrew);
            }
        }));
        _ = LeaveAsync();
        return Task.CompletedTask;

        async Task LeaveAsync()
        {
            await Task.Delay(TimeSpan.FromMilliseconds(step.Ms), _simulation.Time);
            watch.EndedAt = Now;
            subscription.Dispose();
        }
    }

    private async Task OfferAsync(Offered offered, Record record)
    {
        var step = offered.Step;
        switch (step.Kind)
        {
            case StepKind.OnNext:
                _producer.OnNext(record);
                offered.AcceptedAt = Now;
                break;
            case StepKind.SinkNext or StepKind.HaltingNext or StepKind.Write or StepKind.Deliver:
                await _sinks.OfferAsync(offered, record);
                break;
            case StepKind.Send:
                _ = ObserveAsync(offered, _producer.SendAsync(record));
                break;
            case StepKind.SendCancelled:
                _ = ObserveAsync(offered, _producer.SendAsync(record, CancelledAfter(step)));
                break;
            case StepKind.Enqueue:
                await ObserveAsync(offered, _producer.EnqueueAsync(record));
                break;
            default:
                await ObserveAsync(offered, _producer.EnqueueAsync(record, CancelledAfter(step)));
                break;
        }
    }

    /// <summary>Of several records in one call the first one's step tells.</summary>
    private CancellationToken TokenOf(Step step) => step.Ms > 0 ? CancelledAfter(step) : CancellationToken.None;

    private CancellationToken CancelledAfter(Step step) => step.Ms == 0
        ? new CancellationToken(canceled: true)
        : new CancellationTokenSource(TimeSpan.FromMilliseconds(step.Ms), _simulation.Time).Token;

    private async Task ObserveAsync(Offered offered, ValueTask<RecordMetadata> sending)
    {
        try
        {
            offered.Delivered(await sending, Now);
        }
        catch (Exception e)
        {
            offered.Failed(e, Now);
        }
    }

    private async Task ObserveAsync(Offered offered, ValueTask<Task<RecordMetadata>> enqueueing)
    {
        try
        {
            var acknowledged = await enqueueing;
            offered.AcceptedAt = Now;
            _ = ObserveAsync(offered, new ValueTask<RecordMetadata>(acknowledged));
        }
        catch (Exception e)
        {
            offered.Withdrawn = e is OperationCanceledException;
            offered.Failed(e, Now);
        }
    }

    private void ReadLogs()
    {
        _run.Lives = _cluster.Lives();
        _run.FirstMalformed = _cluster.FirstMalformed;
        _run.Duplicates = _cluster.Duplicates;
        _run.TraceHash = _simulation.TraceHash;
        _run.Steps = _simulation.Steps;
    }
}
