namespace Rx.Kafka.Partitioning;

/// <summary>The 32-bit FNV-1a hash as Sarama's default partitioner and librdkafka use it: the absolute value of a signed number.</summary>
internal static class Fnv1a
{
    private const uint Offset = 2166136261;
    private const uint Prime = 16777619;

    /// <summary>The hash of a key; an empty key has one too.</summary>
    public static uint Hash(ReadOnlySpan<byte> key)
    {
        var hash = Offset;
        foreach (var value in key)
        {
            hash = (hash ^ value) * Prime;
        }

        // The least number has no absolute value: it stays what it is, as in C.
        return (int)hash < 0 ? 0 - hash : hash;
    }
}
