using Microsoft.Extensions.ObjectPool;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Batching;

/// <summary>The receipts of one producer; as many are kept as awaiting callers of a full buffer need, because the pool's default (2 × cores) would allocate nearly always.</summary>
internal sealed class ReceiptPool : PooledObjectPolicy<Receipt>
{
    private readonly ContinuationQueue _continuations;
    private readonly DefaultObjectPool<Receipt> _pool;

    public ReceiptPool(ContinuationQueue continuations, long bufferMemory)
    {
        _continuations = continuations;
        _pool = new DefaultObjectPool<Receipt>(this, (int)Math.Clamp(bufferMemory / 4096, 64, 65536));
    }

    public Receipt Rent() => _pool.Get();

    public override Receipt Create() => new(_continuations, _pool);

    public override bool Return(Receipt obj) => true;
}
