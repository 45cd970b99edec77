using System.Numerics;

namespace Rx.Kafka.Memory;

/// <summary>Chunks that were given back, by size. Guarded by the pool's lock.</summary>
/// <param name="largest">The chunk size of the pool: larger ones were made for one record, and do not come again.</param>
internal sealed class ChunkCache(int largest)
{
    private readonly Dictionary<int, Stack<byte[]>> _chunks = [];

    /// <summary>What it keeps, in bytes.</summary>
    public long Bytes { get; private set; }

    public byte[] Rent(int size)
    {
        if (_chunks.TryGetValue(size, out var stack) && stack.TryPop(out var chunk))
        {
            Bytes -= size;
            return chunk;
        }

        return GC.AllocateUninitializedArray<byte>(size);
    }

    public void Return(byte[] chunk)
    {
        // Only sizes that come again are worth keeping.
        if (chunk.Length > largest || (chunk.Length != largest && !BitOperations.IsPow2(chunk.Length)))
        {
            return;
        }

        if (!_chunks.TryGetValue(chunk.Length, out var stack))
        {
            _chunks.Add(chunk.Length, stack = new Stack<byte[]>());
        }

        stack.Push(chunk);
        Bytes += chunk.Length;
    }

    /// <summary>Drops chunks until it keeps no more than so many bytes.</summary>
    public void Trim(long mostBytes)
    {
        if (Bytes <= mostBytes)
        {
            return;
        }

        foreach (var (_, stack) in _chunks)
        {
            while (Bytes > mostBytes && stack.TryPop(out var dropped))
            {
                Bytes -= dropped.Length;
            }
        }
    }
}
