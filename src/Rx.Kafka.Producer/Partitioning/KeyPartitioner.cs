namespace Rx.Kafka.Partitioning;

/// <summary>The hash of a key, of which the remainder by the number of partitions is the partition.</summary>
internal delegate uint KeyHash(ReadOnlySpan<byte> key);

/// <summary>Which records have nothing to hash, and are left to the producer.</summary>
internal enum Keyless
{
    /// <summary>None: a null key counts as an empty one, so that all records without key share one partition.</summary>
    None,

    /// <summary>Those without key.</summary>
    Null,

    /// <summary>Those without key and those with an empty one.</summary>
    NullOrEmpty,
}

/// <summary>
/// Chooses by a hash of the key among all partitions, with or without a leader (a key must not move when a leader is lost). Any thread.
/// </summary>
internal sealed class KeyPartitioner(KeyHash hash, Keyless keyless) : IPartitioner
{
    public int Partition(in Record record, TopicPartitions partitions)
    {
        var key = record.Key.GetValueOrDefault();
        var isKeyless = keyless switch
        {
            Keyless.None => false,
            Keyless.Null => !record.HasKey,
            _ => key.IsEmpty,
        };
        return isKeyless ? TopicPartitions.Any : (int)(hash(key.Span) % (uint)partitions.Count);
    }
}
