using Rx.Kafka.Batching;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Lanes;

/// <summary>
/// What happens where a broker's version or a topic takes a codec not: later batches take the next one of the preference, and what is
/// compressed already goes plain. Only for the loop that owns the lane.
/// </summary>
internal sealed class CodecFallback(PartitionChannel channel, LaneContext context)
{
    /// <summary>Whether the broker's version carries the batch's codec.</summary>
    public static bool IsCarried(ProducerBatch batch, BrokerConnection connection) =>
        batch.Codec != CompressionType.Zstd
        || !connection.Versions.TryPick(ApiKey.Produce, short.MaxValue, out var version)
        || version >= ProduceRequest.FirstWithZstd;

    /// <summary>Whether a batch whose codec is refused can go otherwise.</summary>
    public bool IsAllowed(ProducerBatch batch) =>
        batch.Codec != CompressionType.None && channel.Compression?.CanFallBack(batch.Codec) == true;

    /// <summary>Falls back, and makes the batch plain.</summary>
    /// <param name="batch">One for which it is allowed.</param>
    /// <param name="cause">Why, for the log.</param>
    /// <returns>False where the batch's records cannot be read any more: it fails.</returns>
    public bool TryMakePlain(ProducerBatch batch, string cause)
    {
        var refused = batch.Codec;
        if (channel.Compression!.FallBack(refused) is { } next)
        {
            context.Events.CodecRefused(channel.Topic, channel.Partition, refused, next, cause);
        }

        return batch.TryMakePlain();
    }
}
