namespace Rx.Kafka.Properties.Metadata.Scripted;

/// <summary>A topic as the scripted cluster tells of it.</summary>
internal sealed record FakeTopic(string Name, Guid Id, short Error, params FakePartition[] Partitions)
{
    public FakeTopic(string name, params FakePartition[] partitions)
        : this(name, Guid.Empty, 0, partitions)
    {
    }
}
