using System.Diagnostics;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What was observed of one run.</summary>
internal sealed class ScenarioRun(Scenario scenario)
{
    public Scenario Scenario { get; } = scenario;

    /// <summary>By number.</summary>
    public List<Offered> Records { get; } = [];

    /// <summary>What came as acknowledgements, by partition in order.</summary>
    public List<RecordMetadata> Acks { get; } = [];

    /// <summary>The numbers of the records as their deliveries came.</summary>
    public List<int> Deliveries { get; } = [];

    /// <summary>The same for other sinks, by caller and way in.</summary>
    public Dictionary<(int Caller, StepKind Way), List<int>> SinkDeliveries { get; } = [];

    public List<FlushRun> Flushes { get; } = [];

    public List<WatchRun> Watches { get; } = [];

    /// <summary>The topic's lives: more than one when it was made anew, or the cluster is another.</summary>
    public IReadOnlyList<TopicLife> Lives { get; set; } = [];

    /// <summary>Batches that were answered with success because they were on the log already.</summary>
    public long Duplicates { get; set; }

    /// <summary>What the brokers could not read; null = nothing.</summary>
    public string? FirstMalformed { get; set; }

    /// <summary>When a step disposed the producer; null = only the ending did.</summary>
    public TimeSpan? DisposedAt { get; set; }

    public TimeSpan DisposeTook { get; set; }

    public TimeSpan? CompletionAt { get; set; }

    public int OpenConnections { get; set; }

    public int ArmedTimers { get; set; }

    public ulong TraceHash { get; set; }

    public long Steps { get; set; }

    /// <summary>The producer's spans, where somebody listens.</summary>
    public List<Activity> SpansStarted { get; } = [];

    public List<Activity> SpansStopped { get; } = [];

    /// <summary>The producer's status after its end.</summary>
    public ProducerStatus Left { get; set; } = new();
}

/// <summary>One flush or purge: what it had to cover, and when it was through.</summary>
internal sealed record FlushRun(StepKind Kind, TimeSpan StartedAt, IReadOnlyList<Offered> Covers)
{
    public TimeSpan? EndedAt { get; set; }
}
