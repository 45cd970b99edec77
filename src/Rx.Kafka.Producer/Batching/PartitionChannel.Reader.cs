using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Rx.Kafka.Batching;

/// <summary>The reading end, for the lane.</summary>
internal sealed partial class PartitionChannel
{
    /// <summary>The reading end: closed batches, oldest first; one that is still copied into is not there yet. Owner.</summary>
    private sealed class BatchReader(PartitionChannel channel) : ChannelReader<ProducerBatch>
    {
        public override bool CanPeek => true;

        public override bool TryPeek([MaybeNullWhen(false)] out ProducerBatch item)
        {
            channel._gate.Enter();
            item = channel._closed.IsReadable ? channel._closed.First : null;
            channel._gate.Exit();
            return item is not null;
        }

        public override bool TryRead([MaybeNullWhen(false)] out ProducerBatch item)
        {
            channel._gate.Enter();
            item = null;
            if (channel._closed.IsReadable)
            {
                item = channel._closed.RemoveFirst();
                ref var open = ref channel.Open;
                if (channel._closed.First is null && open is { IsOverdue: true })
                {
                    channel.Close(ref open);
                }
            }

            channel._gate.Exit();
            return item is not null;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
        {
            channel._gate.Enter();
            Task<bool>? coming = null;
            var isReadable = channel._closed.IsReadable;
            if (!isReadable && (channel._closedBy is null || channel._closed.First is not null))
            {
                channel._readable ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                coming = channel._readable.Task;
            }

            channel._gate.Exit();
            return coming is null ? new(isReadable) : new(coming.WaitAsync(cancellationToken));
        }
    }
}
