using System.Threading.Channels;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Batching;

/// <summary>
/// The writing end of a partition's channel: a view over <see cref="PartitionChannel.Append"/> for records whose outcome nobody wants.
/// </summary>
internal sealed class RecordWriter : ChannelWriter<Record>
{
    private readonly PartitionChannel _channel;
    private readonly BatchingContext _context;
    private readonly Action _wake;
    private readonly Lock _lock = new();
    private TaskCompletionSource<bool>? _room;

    public RecordWriter(PartitionChannel channel, BatchingContext context)
    {
        _channel = channel;
        _context = context;
        _wake = Wake;
    }

    public override bool TryWrite(Record item)
    {
        if (TryAppend(item))
        {
            return true;
        }

        // Ask to be told before the last try, else memory that comes back in between is missed.
        lock (_lock)
        {
            _room ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _context.Memory.CallWhenFreed(_wake);
        return TryAppend(item);
    }

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        Task<bool>? room;
        lock (_lock)
        {
            room = _room?.Task;
        }

        // In this order: the end of the channel completes the task that was there before.
        return _channel.IsClosed ? new(false) : room is null ? new(true) : new(room.On(_context.Scheduler).WaitAsync(cancellationToken));
    }

    /// <summary>There may be room again, or the channel has ended. Any thread, also under a gate.</summary>
    public void Wake()
    {
        TaskCompletionSource<bool>? room;
        lock (_lock)
        {
            room = _room;
            _room = null;
        }

        room?.TrySetResult(!_channel.IsClosed);
    }

    private bool TryAppend(in Record item)
    {
        var timestamp = item.HasTimestamp ? item.TimestampMilliseconds : _context.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var offer = new RecordOffer(item, UnobservedSink.Instance) { View = new RecordView(item, timestamp) };
        return _channel.Append(ref offer, mayOpen: true) == AppendResult.Placed;
    }
}

/// <summary>The sink of records whose outcome nobody wants.</summary>
internal sealed class UnobservedSink : Sink
{
    public static UnobservedSink Instance { get; } = new();

    public override SinkInterest Interest => SinkInterest.None;

    public override bool TryEnter() => true;

    public override void Leave()
    {
    }

    public override void Decided(SinkShare share) => share.Return();
}
