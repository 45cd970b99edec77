using Rx.Kafka.Diagnostics;
using Rx.Kafka.Metadata;
using Rx.Kafka.Network;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Metadata.Scripted;

/// <summary>A client's knowledge of a scripted cluster, and what its listener heard.</summary>
internal sealed class Watching : IMetadataListener
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
            Runtime = new ProducerRuntime { Time = World.Time, Scheduler = World.Tasks },
        };
        configure?.Invoke(Options);
        var connector = new Connector(Cluster, World.Time, World.Tasks, "me", Log, 1 << 20);
        Metadata = new ClusterMetadata(Options, connector, World.Time, new Random(seed), new MetadataEvents(Log, Metrics, World.Time)) { Listener = this };
    }

    public ProducerMetrics Metrics { get; } = new("me");

    public World World { get; }

    public FakeCluster Cluster { get; }

    public KafkaProducerOptions Options { get; }

    public ClusterMetadata Metadata { get; }

    public EventLog Log { get; } = new();

    public List<ClusterSnapshot> Snapshots { get; } = [];

    public List<Exception> Failures { get; } = [];

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
        var ending = World.Do(() => Metadata.DisposeAsync().AsTask());
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

    public void SnapshotChanged(ClusterSnapshot snapshot)
    {
        Assert.Same(World.Tasks, TaskScheduler.Current);
        Snapshots.Add(snapshot);
    }

    public void RefreshFailed(Exception cause) => Failures.Add(cause);
}
