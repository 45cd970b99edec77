namespace Rx.Kafka.Batching;

/// <summary>The sending side of one partition, as its channel and its owner's ring know it.</summary>
internal abstract class Lane
{
    private int _move;

    public abstract PartitionChannel Channel { get; }

    /// <summary>How often it moved to another owner; counted under the channel's gate.</summary>
    public int Move
    {
        get => Volatile.Read(ref _move);
        set => Volatile.Write(ref _move, value);
    }
}
