namespace Rx.Kafka.Memory;

/// <summary>
/// The dynamic threshold of Choudhury and Hahne: what a partition may hold depends on what is free.
/// So a dead leader cannot take all memory, and nobody configures anything. Pure.
/// </summary>
internal static class MemoryThreshold
{
    public const int SmallestChunk = 2048;

    /// <summary>The next chunk's size: the usual one, or a smaller power of two while memory is short; at least the minimum.</summary>
    /// <param name="minimum">The bytes that the record needs in one piece.</param>
    /// <param name="usual">The pool's chunk size.</param>
    /// <param name="free">The bytes that are free.</param>
    /// <param name="channels">How many channels share the memory.</param>
    public static int ChunkFor(int minimum, int usual, long free, int channels)
    {
        var fair = Fair(free, channels);
        var chunk = usual;
        if (fair < usual)
        {
            chunk = SmallestChunk;
            while (chunk * 2 <= fair && chunk * 2 <= usual)
            {
                chunk *= 2;
            }
        }

        return Math.Max(chunk, minimum);
    }

    /// <summary>Whether a partition, and its broker, hold little enough beside what is free. Enough may still not be free.</summary>
    public static bool MayTake(MemoryAccount partition, long needed, long free, in MemoryLimits limits)
    {
        if (partition.Bytes > free)
        {
            return false;
        }

        var broker = partition.Broker;
        if (broker.Bytes <= 4 * free)
        {
            return true;
        }

        // Live partitions must go on beside dead ones of the same broker.
        var isFirst = partition.Bytes == 0 && needed <= limits.Chunk + limits.Overhead.Largest;
        return broker.Bytes <= limits.Total / 10 * 9 && (isFirst || partition.Bytes < Fair(free, broker.Channels));
    }

    private static long Fair(long free, int channels) => free / (2L * Math.Max(1, channels));
}

/// <summary>What the threshold takes as given.</summary>
/// <param name="Total">All buffer memory, in bytes.</param>
/// <param name="Chunk">The usual size of a chunk.</param>
/// <param name="Overhead">What a batch is charged beside its chunks.</param>
internal readonly record struct MemoryLimits(long Total, int Chunk, BatchOverhead Overhead);

/// <summary>What a batch is charged beside its chunks, in bytes.</summary>
/// <param name="Base">Always.</param>
/// <param name="Largest">The most that opening one charges.</param>
internal readonly record struct BatchOverhead(int Base, int Largest);
