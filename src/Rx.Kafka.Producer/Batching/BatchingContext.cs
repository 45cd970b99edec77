using Microsoft.Extensions.ObjectPool;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Memory;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Batching;

/// <summary>What all channels of one producer share.</summary>
internal sealed class BatchingContext
{
    public required BufferPool Memory { get; init; }

    public required FlushTracker Flushes { get; init; }

    public required SharedCompletionPool SharedCompletions { get; init; }

    public required ObjectPool<ProducerBatch> Batches { get; init; }

    public required TaskScheduler Scheduler { get; init; }

    public required TimeProvider Time { get; init; }

    public required int BatchSize { get; init; }

    public required TimeSpan MaxBlock { get; init; }

    /// <summary>The codecs of closed batches; null = they go plain.</summary>
    public Compression? Compression { get; init; }

    /// <summary>Whether a batch may go without linger where that gathers nothing.</summary>
    public bool AdaptiveLinger { get; init; }

    /// <summary>Told of records that never come into a batch, and of those that wait for long.</summary>
    public required SinkEvents Events { get; init; }

    /// <summary>Told of each batch that is decided, while somebody listens to spans; null = nobody can.</summary>
    public SendTracing? Tracing { get; init; }

    /// <summary>Told the size of each batch that is decided, so that the published clock knows the rate of appends.</summary>
    public required Action<int> CountAppends { get; init; }
}
