using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.ObjectPool;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Memory;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Benchmarks;

/// <summary>One record through a partition's channel: gate, room, encoding, and its part of closing, sealing and deciding the batch.</summary>
public class AppendBenchmarks : IDisposable
{
    private const int Records = 10_000;

    private readonly BufferPool _memory = new(32 << 20, batchSize: 16384, ProducerBatch.Overheads, TimeProvider.System);
    private readonly Record _record = new("bench", new byte[100]);
    private readonly WatchedSink _watched = new();
    private readonly IdleOwner _owner = new();
    private readonly PartitionChannel _channel;

    public AppendBenchmarks()
    {
        _memory.AddBroker(_owner.Memory);
        var context = new BatchingContext
        {
            Memory = _memory,
            Flushes = new FlushTracker(),
            SharedCompletions = new SharedCompletionPool(new ContinuationQueue(TaskScheduler.Default), 32 << 20),
            Batches = new DefaultObjectPool<ProducerBatch>(new DefaultPooledObjectPolicy<ProducerBatch>()),
            Scheduler = TaskScheduler.Default,
            Time = TimeProvider.System,
            Events = new SinkEvents(NullLogger.Instance, new ProducerMetrics("bench", TimeProvider.System), TimeProvider.System, TaskScheduler.Default),
            BatchSize = 16384,
            MaxBlock = TimeSpan.FromSeconds(1),
            CountAppends = static _ => { },
        };
        _channel = new PartitionChannel(new TopicName("bench"), 0, new PartitionLoad(), context, _owner);
        _channel.Lane = new IdleLane(_channel);
    }

    [Benchmark(OperationsPerInvoke = Records, Baseline = true)]
    public void NobodyListens() => Append(UnobservedSink.Instance);

    [Benchmark(OperationsPerInvoke = Records)]
    public void DeliveriesAreObserved() => Append(_watched);

    public void Dispose()
    {
        _memory.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Append(Sink sink)
    {
        for (var i = 0; i < Records; i++)
        {
            var offer = new RecordOffer(_record, sink) { View = new RecordView(_record, timestamp: 1_700_000_000_000 + i) };
            _channel.Append(ref offer, mayOpen: true);
            if (_owner.TakeWake() && _channel.Reader.TryRead(out var batch))
            {
                _owner.TakeListed();
                _channel.Relist(laneHasMore: false, isBlocked: false);
                batch.Seal(transactional: false);
                _channel.Decide(batch, new BatchOutcome("bench", 0, batch.BaseTimestamp, new OutcomeRange(0, 0, null)));
            }
        }
    }

    private sealed class IdleOwner() : LoopOwner(TimeProvider.System, new())
    {
        private bool _isAwake;

        public override void Wake() => _isAwake = true;

        public bool TakeWake()
        {
            var isAwake = _isAwake;
            _isAwake = false;
            return isAwake;
        }

        public override void Opened()
        {
        }

        public override void Post(Action letter) => letter();
    }

    private sealed class IdleLane(PartitionChannel channel) : Lane
    {
        public override PartitionChannel Channel { get; } = channel;
    }

    private sealed class WatchedSink : Sink
    {
        public override SinkInterest Interest => SinkInterest.Records;

        public override bool TryEnter() => true;

        public override void Leave()
        {
        }

        public override void Decided(SinkShare share) => share.Return();
    }
}
