namespace Rx.Kafka.Metadata;

/// <summary>One topic in a snapshot; it has at least one partition. Immutable: the same object stays as long as nothing about the topic changes.</summary>
internal sealed class TopicMetadata
{
    public TopicMetadata(string name, Guid id, short errorCode, PartitionMetadata[] partitions)
    {
        Name = name;
        Id = id;
        ErrorCode = errorCode;
        Partitions = partitions;
        Public = new TopicPartitions(name, partitions.Length, Available(partitions));
    }

    public string Name { get; }

    /// <summary>Empty = unknown (Metadata below v10).</summary>
    public Guid Id { get; }

    /// <summary>The last answer's error, 0 = none; the partitions are then those of the answer before.</summary>
    public short ErrorCode { get; }

    /// <summary>By number; not to be changed.</summary>
    public PartitionMetadata[] Partitions { get; }

    /// <summary>What partitioners see.</summary>
    public TopicPartitions Public { get; }

    /// <summary>Whether nothing but the object differs.</summary>
    public bool SameAs(Guid id, short errorCode, PartitionMetadata[] partitions)
    {
        if (Id != id || ErrorCode != errorCode || Partitions.Length != partitions.Length)
        {
            return false;
        }

        for (var i = 0; i < partitions.Length; i++)
        {
            if (!Partitions[i].SameAs(partitions[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static int[] Available(PartitionMetadata[] partitions)
    {
        var available = new List<int>(partitions.Length);
        for (var i = 0; i < partitions.Length; i++)
        {
            if (partitions[i].LeaderId >= 0)
            {
                available.Add(i);
            }
        }

        return [.. available];
    }
}
