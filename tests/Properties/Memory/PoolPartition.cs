using Rx.Kafka.Memory;

namespace Rx.Kafka.Properties.Memory;

/// <summary>One partition: its line of requests and the chunks it holds.</summary>
internal sealed class PoolPartition
{
    private readonly PoolWorld _world;
    private readonly List<MemoryRequest> _line = [];
    private readonly List<(byte[] Chunk, int Overhead)> _held = [];

    public PoolPartition(PoolWorld world, BrokerMemory broker)
    {
        _world = world;
        Memory = new MemoryAccount(() => world.Queue(this));
        world.Pool.AddChannel(Memory, broker);
    }

    public MemoryAccount Memory { get; }

    public long Held => _held.Sum(static h => h.Chunk.Length + (long)h.Overhead);

    public bool Waits => _line.Count > 0;

    public MemoryRequest Wanted => _line[0];

    /// <summary>How many requests were met out of the line.</summary>
    public int Met { get; private set; }

    public bool TryTake(int bytes)
    {
        var request = Request(bytes);
        return _line.Count == 0 && Keep(_world.Pool.TryTake(Memory, request), request);
    }

    public void Wait(int bytes)
    {
        _line.Add(Request(bytes));
        _world.Queue(this);
    }

    /// <summary>The head of the line leaves.</summary>
    public void Cancel()
    {
        if (_line.Count > 0)
        {
            _line.RemoveAt(0);
        }

        _world.Queue(this);
    }

    public void Return(int index)
    {
        if (_held.Count > 0)
        {
            var (chunk, overhead) = _held[index % _held.Count];
            _held.RemoveAt(index % _held.Count);
            _world.Pool.Return(Memory, [chunk], overhead);
        }
    }

    public bool TakesNow()
    {
        if (_world.Pool.TryTake(Memory, Wanted) is not { } chunk)
        {
            return false;
        }

        _world.Pool.Return(Memory, [chunk], Wanted.Overhead);
        return true;
    }

    /// <summary>As the channel's drainer does it.</summary>
    public void Drain()
    {
        while (_line.Count > 0)
        {
            if (!Keep(_world.Pool.TakeOrWait(Memory, _line[0]), _line[0]))
            {
                return;
            }

            Met++;
            _line.RemoveAt(0);
        }

        _world.Pool.Leave(Memory);
    }

    public void End()
    {
        _line.Clear();
        Drain();
        while (_held.Count > 0)
        {
            Return(0);
        }
    }

    private static MemoryRequest Request(int bytes) => new(1 + bytes, 100 + (bytes % 400));

    private bool Keep(byte[]? chunk, MemoryRequest request)
    {
        if (chunk is not null)
        {
            Assert.True(chunk.Length >= request.Minimum);
            _held.Add((chunk, request.Overhead));
        }

        return chunk is not null;
    }
}
