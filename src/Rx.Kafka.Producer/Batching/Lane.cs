namespace Rx.Kafka.Batching;

/// <summary>The sending side of one partition, as its channel and its owner's ring know it.</summary>
internal abstract class Lane
{
    public abstract PartitionChannel Channel { get; }
}
