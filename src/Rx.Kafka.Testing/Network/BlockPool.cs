using System.Buffers;

namespace Rx.Kafka.Testing.Network;

/// <summary>Blocks of one size that are kept for ever: the shared array pool drops arrays that one thread rents and another returns now and then, and a measurement would see the new ones.</summary>
internal sealed class BlockPool(int blockBytes) : MemoryPool<byte>
{
    private readonly Lock _lock = new();
    private readonly Stack<Block> _free = new(64);

    public override int MaxBufferSize => blockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        lock (_lock)
        {
            return _free.TryPop(out var block) ? block : new Block(this, blockBytes);
        }
    }

    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        lock (_lock)
        {
            _free.Push(block);
        }
    }

    private sealed class Block(BlockPool pool, int bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = new byte[bytes];

        public void Dispose() => pool.Return(this);
    }
}
