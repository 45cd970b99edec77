using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Rx.Kafka.Batching;

/// <summary>The reading end of a partition's channel: closed batches, oldest first.</summary>
internal sealed class BatchReader(PartitionChannel channel) : ChannelReader<ProducerBatch>
{
    public override bool TryRead([MaybeNullWhen(false)] out ProducerBatch item)
    {
        item = channel.TakeClosed(int.MaxValue, out _);
        return item is not null;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => new(channel.WaitToTakeAsync().WaitAsync(cancellationToken));
}
