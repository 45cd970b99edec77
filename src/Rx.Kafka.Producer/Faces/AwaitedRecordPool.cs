using Microsoft.Extensions.ObjectPool;
using Rx.Kafka.Batching;

namespace Rx.Kafka.Faces;

/// <summary>The awaits of their own of one producer. Kept are as many as callers commonly wait at once; more are left to the collector.</summary>
internal sealed class AwaitedRecordPool : PooledObjectPolicy<AwaitedRecord>
{
    private const int Retained = 16384;

    private readonly IRecordAdmission _admission;
    private readonly DefaultObjectPool<AwaitedRecord> _pool;

    public AwaitedRecordPool(IRecordAdmission admission)
    {
        _admission = admission;
        _pool = new DefaultObjectPool<AwaitedRecord>(this, Retained);
    }

    public AwaitedRecord Rent() => _pool.Get();

    public override AwaitedRecord Create() => new(_admission, _pool);

    public override bool Return(AwaitedRecord obj) => true;
}
