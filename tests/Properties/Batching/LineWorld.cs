using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Rx.Kafka.Batching;
using Rx.Kafka.Memory;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Properties.Outcomes;
using Rx.Kafka.Protocol.Records;

namespace Rx.Kafka.Properties.Batching;

/// <summary>One channel, the records offered to it, and what became of each.</summary>
internal sealed class LineWorld(BatchingWorld world, PartitionChannel channel)
{
    private readonly List<Offered> _offers = [];
    private readonly List<int> _sent = [];
    private readonly HandSink _sink = new(SinkInterest.Records);
    private long _offset;

    public PartitionChannel Channel { get; } = channel;

    public bool IsClosed { get; set; }

    public IEnumerable<Offered> Undecided => _offers.Where(static o => !o.IsDecided);

    /// <summary>As admission does it: at once if possible, else in line.</summary>
    /// <param name="bytes">The record's size.</param>
    /// <param name="kind">0 = from a sink, 1 = awaited, 2 = awaited and large.</param>
    /// <param name="between">What other threads do after it found no room and before it stands in line.</param>
    public void Offer(int bytes, int kind, Action? between = null)
    {
        bytes = kind == 2 ? bytes * 8 : bytes % 500;
        var sink = kind == 0 ? _sink : null;
        if (between is not null)
        {
            // The record gets its number when it stands in line: calls of two threads have no order.
            if (world.Append(Channel, BatchingWorld.Numbered(0, bytes), UnobservedSink.Instance, mayOpen: false) == AppendResult.Placed)
            {
                throw new InvalidOperationException("Only for a channel without an open batch.");
            }

            between();
        }

        var offered = new Offered(_offers.Count) { JoinedAt = world.Time.GetTimestamp(), Sink = sink, Completion = sink is null ? new HandCompletion() : null };
        var record = BatchingWorld.Numbered(offered.Number, bytes);
        _offers.Add(offered);
        if (between is null)
        {
            switch (world.Append(Channel, record, sink, offered.Completion))
            {
                case AppendResult.Placed:
                    return;
                case AppendResult.Closed:
                    Assert.True(IsClosed);
                    offered.IsRefused = true;
                    return;
            }
        }

        Assert.True(sink?.TryEnter() ?? true);
        var waiter = world.NewWaiter(record, sink, offered.Completion);
        if (!Channel.TryJoin(waiter, out _))
        {
            Assert.True(IsClosed);
            sink?.Leave();
            world.Flushes.Leave(waiter.Generation);
            offered.IsRefused = true;
            return;
        }

        offered.WaitingRecord = waiter;
    }

    /// <summary>When no work is left to run: whoever stands first in line could not be placed now, and no flush waits for an open batch.</summary>
    public void CheckAtRest()
    {
        if (_offers.Find(static o => o.WaitingRecord is { Node.List: not null }) is { } first)
        {
            var request = new MemoryRequest(RecordBatchHeader.Size + RecordEncoder.TotalSize(RecordEncoder.BodySize(0, 0, -1, first.WaitingRecord!.Record.Value!.Value.Length, null)), Overhead(first));
            if (world.Memory.TryTake(Account(Channel), request) is not null)
            {
                Assert.Fail($"record {first.Number} stands in line, but there is room for it: {request}");
            }
        }

        Assert.DoesNotContain(Channel.Owner.Timeline.Undecided(), batch => batch.Channel == Channel && !batch.IsClosed && world.Flushes.IsFlushing(batch.Generation));
    }

    public void Cancel(int index)
    {
        var waiting = _offers.Where(static o => o.WaitingRecord is { Placed.IsCompleted: false }).ToArray();
        if (waiting.Length == 0)
        {
            return;
        }

        var offered = waiting[index % waiting.Length];
        var waiter = offered.WaitingRecord!;
        offered.IsWithdrawn = WaitingRecords.TryWithdraw(waiter);
    }

    public void Purge() => Channel.Waiting.End(new ProduceError(ProduceErrorCode.Aborted, "purged"));

    /// <summary>The broker takes everything that is closed.</summary>
    public void Answer()
    {
        while (Channel.Reader.TryRead(out var batch))
        {
            var numbers = BatchingWorld.NumbersIn(batch);
            BatchingWorld.Decide(batch, _offset);
            foreach (var number in numbers)
            {
                var offered = _offers[number];
                Assert.False(offered.IsSent || offered.IsWithdrawn || offered.IsRefused, $"record {number} was sent twice, or after it was withdrawn");
                offered.IsSent = true;
                offered.Offset = _offset++;
            }

            _sent.AddRange(numbers);
        }
    }

    public void CheckEnd()
    {
        // L17: order of append = order of calls. L22: exactly one outcome each.
        Assert.Equal(_sent.Order(), _sent);
        foreach (var offered in _offers)
        {
            var refusal = offered.WaitingRecord?.Refusal;
            Assert.True(offered.WaitingRecord is null || offered.WaitingRecord.Placed.IsCompleted, "a caller never left");
            Assert.Equal(1, (offered.IsSent ? 1 : 0) + (offered.IsWithdrawn ? 1 : 0) + (offered.IsRefused ? 1 : 0) + (refusal is null ? 0 : 1));
            if (refusal?.Code == ProduceErrorCode.BufferFull)
            {
                Assert.True(world.Time.GetTimestamp() - offered.JoinedAt >= world.Context.MaxBlock.Ticks);
            }

            if (offered.Completion is { } completion)
            {
                Assert.Equal(offered.IsSent || refusal is not null ? 1 : 0, completion.Answers);
                Assert.Equal(refusal, completion.Error);
                Assert.Equal(offered.IsSent ? offered.Offset : null, completion.Metadata?.Offset);
            }
        }

        CheckSink();
    }

    private static int Overhead(Offered offered) =>
        ProducerBatch.BaseOverhead + (offered.Sink is null ? 0 : SinkShare.SegmentBytes(SinkInterest.Records, first: true));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_account")]
    private static extern ref MemoryAccount Account(PartitionChannel channel);

    private void CheckSink()
    {
        var sent = _offers.Where(static o => o.Sink is not null && o.IsSent).Select(static o => (o.Number, o.Offset));
        var refused = _offers.Where(static o => o.Sink is not null && o.WaitingRecord?.Refusal is not null).Select(static o => (o.Number, Offset: -1L));
        var told = _sink.Facts.Select(static f => (Number: BinaryPrimitives.ReadInt32LittleEndian(f.Record!.Value.Value!.Value.Span), f.Offset));

        // L25: acknowledged ones in their order.
        Assert.Equal(sent, told.Where(static t => t.Offset >= 0));
        Assert.Equal(refused.OrderBy(static r => r.Number), told.Where(static t => t.Offset < 0).OrderBy(static t => t.Number));
        Assert.Equal(0, _sink.Entered);
    }

    /// <summary>One record and its fate.</summary>
    internal sealed class Offered(int number)
    {
        public int Number { get; } = number;

        public long JoinedAt { get; init; }

        public HandCompletion? Completion { get; init; }

        public HandSink? Sink { get; init; }

        public WaitingRecord? WaitingRecord { get; set; }

        public bool IsSent { get; set; }

        public long Offset { get; set; } = -1;

        public bool IsWithdrawn { get; set; }

        public bool IsRefused { get; set; }

        public bool IsDecided => IsSent || IsWithdrawn || IsRefused || WaitingRecord?.Refusal is not null;
    }
}
