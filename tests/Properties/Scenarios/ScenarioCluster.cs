using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>The brokers of a scenario and their topic, through the lives of both: what lies on the logs of an earlier one is kept.</summary>
internal sealed class ScenarioCluster
{
    private readonly Simulation _simulation;
    private readonly Setup _setup;
    private readonly List<TopicLife> _past = [];
    private int _clusters;

    public ScenarioCluster(Simulation simulation, Setup setup)
    {
        _simulation = simulation;
        _setup = setup;
        Start();
    }

    public EmbeddedKafka Kafka { get; private set; } = null!;

    /// <summary>Whether the topic was deleted and not made anew yet.</summary>
    public bool TopicIsGone { get; private set; }

    /// <summary>What the brokers could not read, and why; null = all requests were well-formed.</summary>
    public string? FirstMalformed { get; private set; }

    public void DeleteTopic()
    {
        _past.Add(Read());
        Kafka.DeleteTopic(ScenarioRecords.Topic);
        TopicIsGone = true;
    }

    public void CreateTopic()
    {
        Kafka.CreateTopic(ScenarioRecords.Topic, new TopicOptions { Partitions = _setup.Partitions, LogAppendTime = _setup.LogAppendTime });
        TopicIsGone = false;
    }

    /// <summary>Puts another cluster behind the same names; it hands out the same low producer ids.</summary>
    public void Exchange()
    {
        if (!TopicIsGone)
        {
            _past.Add(Read());
        }

        FirstMalformed ??= Kafka.Counters.FirstMalformed;
        for (var broker = 1; broker <= _setup.Brokers; broker++)
        {
            Kafka.Stop(broker, elect: false);
        }

        Start();
    }

    /// <summary>All lives of the topic, the present one last.</summary>
    public IReadOnlyList<TopicLife> Lives()
    {
        FirstMalformed ??= Kafka.Counters.FirstMalformed;
        return TopicIsGone ? _past : [.. _past, Read()];
    }

    private void Start()
    {
        Kafka = _simulation.StartKafka(_setup.Brokers, _setup.BrokerOptions($"cluster {++_clusters}"));
        CreateTopic();
    }

    private TopicLife Read()
    {
        var partitions = Enumerable.Range(0, _setup.Partitions);
        return new TopicLife([.. partitions.Select(p => Kafka.ReadLog(ScenarioRecords.Topic, p))], [.. partitions.Select(p => Kafka.ReadBatches(ScenarioRecords.Topic, p))]);
    }
}
