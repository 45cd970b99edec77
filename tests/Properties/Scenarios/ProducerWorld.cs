using Microsoft.Extensions.Logging;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>A producer and its brokers in a simulation, for laws about one thing at a time.</summary>
internal sealed class ProducerWorld
{
    private ProducerWorld(Simulation simulation, EmbeddedKafka kafka, KafkaProducer producer)
    {
        Simulation = simulation;
        Kafka = kafka;
        Producer = producer;
    }

    public Simulation Simulation { get; }

    public EmbeddedKafka Kafka { get; }

    public KafkaProducer Producer { get; }

    public TimeSpan Now => Simulation.Time.Elapsed;

    /// <summary>Runs a body inside; the producer is disposed behind it, and nothing may have left the simulation's thread.</summary>
    public static void Run(
        Func<ProducerWorld, Task> body, Setup? setup = null, int seed = 1, EmbeddedKafkaOptions? brokers = null, Action<KafkaProducerOptions>? configure = null, ILoggerFactory? logs = null)
    {
        setup ??= Setup.Default;
        using var simulation = new Simulation(seed);
        simulation.Network.Latency = TimeSpan.FromMilliseconds(setup.LatencyMs);
        var kafka = simulation.StartKafka(setup.Brokers, brokers);
        var options = setup.Options(kafka.BootstrapServers);
        options.Runtime = simulation.Runtime;
        options.Transport = simulation.Network;
        configure?.Invoke(options);
        simulation.Run(async () =>
        {
            await using var producer = new KafkaProducer(options, logs);
            var world = new ProducerWorld(simulation, kafka, producer);
            await body(world);
        });
        Assert.Equal(0, simulation.StepsOffThread);
    }

    /// <summary>Runs something beside the body, as a step of its own.</summary>
    public static Task Start(Action body) => Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current);

    public Task Delay(double milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), Simulation.Time);

    /// <summary>Blocks the calling step.</summary>
    public void Wait(double milliseconds) => Simulation.Runtime.Wait(Delay(milliseconds));

    /// <summary>Sends records to one partition of topic "t", all at once.</summary>
    public Task<(ProduceError? Error, RecordMetadata Metadata, double Milliseconds)>[] SendEach(int partition, params string[] values) =>
        [.. values.Select(value => SendAsync(new Record("t", value) { Partition = partition }, StepKind.Send))];

    /// <summary>Sends one record to topic "t", which must arrive.</summary>
    public async Task<RecordMetadata> Succeed(string value, int partition = 0)
    {
        var (error, metadata, _) = await SendEach(partition, value)[0];
        Assert.Null(error);
        return metadata;
    }

    /// <summary>What a partition of topic "t" holds.</summary>
    public IReadOnlyList<string?> Log(int partition = 0) => [.. Kafka.ReadLog("t", partition).Select(static record => record.ValueText)];

    /// <summary>Producer id, epoch and base sequence of each batch that a partition of topic "t" holds.</summary>
    public IEnumerable<(long Id, int Epoch, int Sequence)> Numbers(int partition = 0) =>
        Kafka.ReadBatches("t", partition).Select(static batch => (batch.ProducerId, (int)batch.ProducerEpoch, batch.BaseSequence));

    /// <summary>Offers a record in one of the ways there are, and tells its outcome and how long it took.</summary>
    public async Task<(ProduceError? Error, RecordMetadata Metadata, double Milliseconds)> SendAsync(Record record, StepKind way)
    {
        var started = Now;
        try
        {
            var metadata = way switch
            {
                StepKind.Send => await Producer.SendAsync(record),
                StepKind.Enqueue => await await Producer.EnqueueAsync(record),
                _ => await PushAsync(record),
            };
            return (null, metadata, (Now - started).TotalMilliseconds);
        }
        catch (KafkaProduceException e)
        {
            return (e.Error, default, (Now - started).TotalMilliseconds);
        }
    }

    private async Task<RecordMetadata> PushAsync(Record record)
    {
        var outcome = new TaskCompletionSource<Delivery<Record>>();
        using var subscription = Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(delivery => outcome.TrySetResult(delivery)));
        await Start(() => Producer.OnNext(record));
        var told = await outcome.Task;
        return told.Error is { } error ? throw error.ToException() : told.Metadata;
    }
}
