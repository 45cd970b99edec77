using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Rx.Kafka.Partitioning;

/// <summary>
/// The 32-bit MurmurHash2 that every Kafka client with Java's default uses for keys, so that the same key meets the same partition
/// whoever produces it.
/// </summary>
internal static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint M = 0x5bd1e995;
    private const int R = 24;

    /// <summary>The hash of a key; an empty key has one too.</summary>
    public static int Hash(ReadOnlySpan<byte> key)
    {
        var hash = Seed ^ (uint)key.Length;
        foreach (var word in MemoryMarshal.Cast<byte, uint>(key))
        {
            hash = (hash * M) ^ Mix(BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        // What is left of a word, as if its missing bytes were 0.
        var tail = key[(key.Length & ~3)..];
        if (!tail.IsEmpty)
        {
            var rest = (uint)tail[0];
            rest |= tail.Length > 1 ? (uint)tail[1] << 8 : 0;
            rest |= tail.Length > 2 ? (uint)tail[2] << 16 : 0;
            hash = (hash ^ rest) * M;
        }

        hash = (hash ^ (hash >> 13)) * M;
        return (int)(hash ^ (hash >> 15));
    }

    /// <summary>
    /// The partition of a key among <paramref name="count"/>, with or without a leader (a key must not move when a leader is lost).
    /// </summary>
    public static int Partition(ReadOnlySpan<byte> key, int count) => (Hash(key) & 0x7fffffff) % count;

    private static uint Mix(uint word)
    {
        word *= M;
        return (word ^ (word >> R)) * M;
    }
}
