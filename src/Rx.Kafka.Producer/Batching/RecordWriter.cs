using System.Threading.Channels;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Batching;

/// <summary>The writing end of a partition's channel: a view over <see cref="PartitionChannel.Append"/> for records whose outcome nobody wants.</summary>
internal sealed class RecordWriter(PartitionChannel channel, BatchingContext context) : ChannelWriter<Record>
{
    private Task<bool> _room = Task.FromResult(true);

    public override bool TryWrite(Record item)
    {
        if (TryAppend(item))
        {
            return true;
        }

        // Ask to be told before the last try, else memory that comes back in between is missed.
        var freed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        context.Memory.CallWhenFreed(() => freed.TrySetResult(true));
        _room = freed.Task;
        return TryAppend(item);
    }

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) => new(_room.On(context.Scheduler).WaitAsync(cancellationToken));

    private bool TryAppend(in Record item)
    {
        var timestamp = item.HasTimestamp ? item.TimestampMilliseconds : context.Time.GetUtcNow().ToUnixTimeMilliseconds();
        return channel.Append(item, new RecordView(item, timestamp), UnobservedFace.Instance, completion: null, mayOpen: true, out _) == AppendResult.Placed;
    }
}
