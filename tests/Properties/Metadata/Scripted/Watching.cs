using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Control;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Metadata;
using Rx.Kafka.Network;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Metadata.Scripted;

/// <summary>A control loop with its tasks before a scripted cluster, and what they told.</summary>
internal sealed class Watching
{
    public Watching(int brokers = 3, Action<KafkaProducerOptions>? configure = null, int seed = 1, bool shuffleTasks = false)
    {
        World = new World(shuffleTasks ? seed : 0);
        Cluster = new FakeCluster(World);
        for (var id = 1; id <= brokers; id++)
        {
            Cluster.Brokers.Add(new FakeBroker(id));
        }

        Options = new KafkaProducerOptions
        {
            BootstrapServers = [.. Cluster.Brokers.Select(b => $"{b.Host}:9092")],
            Runtime = new ProducerRuntime { Time = World.Time, TaskScheduler = World.Tasks },
        };
        configure?.Invoke(Options);
        var connector = new Connector(Cluster, World.Time, World.Tasks, "me", Log, 1 << 20);
        var random = new Random(seed);
        Control = new ControlLoop(Options, connector, random, new MetadataEvents(Log, Metrics, World.Time));
        Metadata = new ClusterMetadata(Options, Control, random) { SnapshotChanged = Take };
        var backoff = new Backoff(Options.RetryBackoff, Options.RetryBackoffMax, random);
        Ids = new ProducerIds(isIdempotent: true, Control, backoff, new SendingEvents(Log, Metrics, World.Time, World.Tasks))
        {
            Obtained = () => Obtained++,
            Refused = Refusals.Add,
        };
    }

    public ProducerMetrics Metrics { get; } = new("me", TimeProvider.System);

    public World World { get; }

    public FakeCluster Cluster { get; }

    public KafkaProducerOptions Options { get; }

    public ControlLoop Control { get; }

    public ClusterMetadata Metadata { get; }

    public ProducerIds Ids { get; }

    /// <summary>How often a producer id came.</summary>
    public int Obtained { get; private set; }

    public List<ProduceError> Refusals { get; } = [];

    public EventLog Log { get; } = new();

    public List<ClusterSnapshot> Snapshots { get; } = [];

    /// <summary>Attempts that failed, as the log tells them: to connect, and to ask.</summary>
    public List<string> Failures => [.. Log.Events.Where(static e => e.Id is 200 or 207).Select(static e => e.Text)];

    public void Watch(params string[] topics)
    {
        foreach (var topic in topics)
        {
            Metadata.Watch(topic);
        }

        World.Run();
    }

    public TopicMetadata Topic(string name) => Assert.IsType<TopicMetadata>(Metadata.Current.Topic(name));

    /// <summary>Ends it, and checks that nothing is left.</summary>
    public void End()
    {
        var ending = World.Do(() => Control.DisposeAsync().AsTask());
        World.Run();
        World.Ended(ending);
        Metrics.Dispose();
        Assert.Equal(0, World.Time.Timers);
        Assert.Equal(0, Cluster.Open);
        Assert.False(Cluster.Overlapped, "Two metadata requests were on their way at once.");
        var steps = World.Steps;
        World.RunFor(TimeSpan.FromHours(1));
        Assert.Equal(steps, World.Steps);
    }

    /// <summary>The producer id, which must be there.</summary>
    public ProducerIdentity Id()
    {
        Assert.True(Ids.TryGet(out var identity));
        return identity;
    }

    private void Take(ClusterSnapshot snapshot)
    {
        Assert.Same(World.Tasks, TaskScheduler.Current);
        Snapshots.Add(snapshot);
    }
}
