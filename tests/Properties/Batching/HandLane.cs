using Rx.Kafka.Batching;

namespace Rx.Kafka.Properties.Batching;

/// <summary>A lane that does nothing by itself.</summary>
internal sealed class HandLane : Lane
{
    public HandLane(PartitionChannel channel)
    {
        Channel = channel;
        channel.Lane = this;
    }

    public override PartitionChannel Channel { get; }

    /// <summary>Batches taken and not decided, as a lane keeps them.</summary>
    public List<ProducerBatch> Undecided { get; } = [];
}
