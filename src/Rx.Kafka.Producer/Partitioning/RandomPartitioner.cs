namespace Rx.Kafka.Partitioning;

/// <summary>
/// Draws a partition for each record with a key, and leaves those without to the producer. Lock-free: one counter, whose values are mixed
/// (SplitMix64). Any thread.
/// </summary>
internal sealed class RandomPartitioner(long seed) : IPartitioner
{
    private const long Step = unchecked((long)0x9E3779B97F4A7C15);

    private long _state = seed;

    public IPartitioner ForProducer(Random random) => new RandomPartitioner(random.NextInt64());

    public int Partition(in Record record, TopicPartitions partitions)
    {
        if (!record.HasKey)
        {
            return TopicPartitions.Any;
        }

        // librdkafka draws among all, and once more if the partition has no leader; here one draw among those with a leader is enough.
        var available = partitions.Available;
        var count = available.IsEmpty ? partitions.Count : available.Length;
        var index = (int)Math.BigMul(Next(), (ulong)count, out _);
        return available.IsEmpty ? index : available[index];
    }

    private ulong Next()
    {
        var mixed = (ulong)Interlocked.Add(ref _state, Step);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
