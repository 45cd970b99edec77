using System.Buffers.Binary;

namespace Rx.Kafka.Partitioning;

/// <summary>The 32-bit MurmurHash2 that every Kafka client with Java's default uses for keys, so that the same key meets the same partition whoever produces it.</summary>
internal static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint M = 0x5bd1e995;
    private const int R = 24;

    /// <summary>The hash of a key; an empty key has one too.</summary>
    public static int Hash(ReadOnlySpan<byte> key)
    {
        var hash = Seed ^ (uint)key.Length;
        while (key.Length >= sizeof(uint))
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(key) * M;
            hash = (hash * M) ^ ((word ^ (word >> R)) * M);
            key = key[sizeof(uint)..];
        }

        if (!key.IsEmpty)
        {
            var tail = (uint)key[0];
            if (key.Length > 1)
            {
                tail |= (uint)key[1] << 8;
            }

            if (key.Length > 2)
            {
                tail |= (uint)key[2] << 16;
            }

            hash = (hash ^ tail) * M;
        }

        hash = (hash ^ (hash >> 13)) * M;
        return (int)(hash ^ (hash >> 15));
    }

    /// <summary>The partition of a key among <paramref name="count"/>, with or without a leader (a key must not move when a leader is lost).</summary>
    public static int Partition(ReadOnlySpan<byte> key, int count) => (Hash(key) & 0x7fffffff) % count;
}
