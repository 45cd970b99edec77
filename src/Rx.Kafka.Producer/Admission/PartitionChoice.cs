using Rx.Kafka.Batching;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Admission;

/// <summary>Chooses a partition of one topic (named, by key, by the user's partitioner, or sticky) and appends there. Any thread.</summary>
internal sealed class PartitionChoice(TopicAdmission topic, AdmissionContext context)
{
    /// <summary>Places a record if that can be done at once.</summary>
    /// <returns>Placed; MustWait, and in the offer the error, or the partition to wait in (null = the topic's line); or why not.</returns>
    public AppendResult TryPlace(ref RecordOffer offer)
    {
        offer.MustWaitIn = null;
        if (topic.ChannelsInUse() is not { } channels)
        {
            offer.Error = topic.RefusedTopic();
            return AppendResult.MustWait;
        }

        int partition;
        if (offer.Record.HasPartition)
        {
            partition = offer.Record.PartitionNumber;
        }
        else if (context.Partitioner is { } partitioner)
        {
            partition = Ask(partitioner, channels.Partitions, ref offer);
            if (partition == TopicPartitions.Any)
            {
                return TryPlaceAnywhere(channels, ref offer);
            }
        }
        else if (offer.Record.HasKey && !context.Options.PartitionerIgnoreKeys)
        {
            partition = Murmur2.Partition(offer.View.Key, channels.Channels.Length);
        }
        else
        {
            return TryPlaceAnywhere(channels, ref offer);
        }

        if ((uint)partition >= (uint)channels.Channels.Length)
        {
            if (offer.Error is null && !(offer.Record.HasPartition && MayBeThere(partition, offer.Waiting)))
            {
                offer.Error = OutOfRange(partition, channels.Channels.Length, offer.Record.HasPartition);
            }

            return AppendResult.MustWait;
        }

        var channel = channels.Channels[partition];
        var result = channel.Append(ref offer, mayOpen: true);
        if (result == AppendResult.MustWait)
        {
            offer.MustWaitIn = channel;
        }

        return result;
    }

    /// <summary>
    /// Sticky: stays with a partition for a batch's worth of bytes; where that one would have to wait, every other that has a leader is
    /// tried.
    /// </summary>
    private AppendResult TryPlaceAnywhere(TopicChannels channels, ref RecordOffer offer)
    {
        var sticky = topic.Sticky;
        var partition = sticky.Current(channels.Partitions);
        var result = channels.Channels[partition].Append(ref offer, mayOpen: false);
        if (result == AppendResult.WouldOpen)
        {
            // All batches there are full: if it had its share, the next partition takes the record instead.
            sticky.Appended(partition, 0, batchesFull: true);
            partition = sticky.Current(channels.Partitions);
            result = channels.Channels[partition].Append(ref offer, mayOpen: true);
        }

        if (result == AppendResult.MustWait && offer.Waiting is not { IsGivenUp: true })
        {
            sticky.Refused(partition);
            result = TryEach(channels, ref partition, ref offer);
        }

        if (result == AppendResult.Placed)
        {
            sticky.Appended(partition, offer.PlacedBytes, offer.AllFull);
        }

        return result;
    }

    /// <summary>Every partition of the rack, if that counts, then every one with a leader, until one takes the record.</summary>
    private static AppendResult TryEach(TopicChannels channels, ref int partition, ref RecordOffer offer)
    {
        var inRack = channels.Partitions.InRack;
        for (var left = inRack.Length; left > 0; left--)
        {
            partition = StickyPartitioner.After(inRack, partition);
            if (channels.Channels[partition].Append(ref offer, mayOpen: true) is not AppendResult.MustWait and var placed)
            {
                return placed;
            }
        }

        var start = StickyPartitioner.After(channels.Partitions, partition);
        var next = start;
        AppendResult result;
        do
        {
            partition = next;
            result = channels.Channels[next].Append(ref offer, mayOpen: true);
            next = StickyPartitioner.After(channels.Partitions, next);
        }
        while (result == AppendResult.MustWait && next != start);
        return result;
    }

    private static int Ask(IPartitioner partitioner, TopicPartitions partitions, ref RecordOffer offer)
    {
        try
        {
            return partitioner.Partition(offer.Record, partitions);
        }
        catch (Exception e)
        {
            var text = $"The partitioner {partitioner.GetType().Name} failed for a record of topic {offer.Record.Topic}: {e.Message}";
            offer.Error = new ProduceError(ProduceErrorCode.InvalidRecord, text, Cause: e);
            return -1;
        }
    }

    /// <summary>
    /// Whether a partition that is not known may have been added: as long as no answer has come that was asked for after the record, and
    /// the record may wait for one.
    /// </summary>
    private bool MayBeThere(int partition, WaitingRecord? waiting)
    {
        if (context.Options.MaxBlock == TimeSpan.Zero)
        {
            return false;
        }

        if (waiting is not null && topic.AskedAt > waiting.JoinedAt)
        {
            // News that came after the first look queue the drainer again.
            return topic.Channels is { } channels && partition < channels.Channels.Length;
        }

        context.Metadata.RequestRefresh();
        return true;
    }

    private ProduceError OutOfRange(int partition, int count, bool isNamed)
    {
        // Partitions may have been added: the next record shall find them.
        context.Metadata.RequestRefresh();
        var what = isNamed
            ? $"the record was for partition {partition}. Name one that exists, or none."
            : $"{context.Partitioner!.GetType().Name} answered partition {partition}. It must answer one that exists.";
        var text = $"Topic {topic.Name.Text} has {count} partition(s), from 0 to {count - 1}; {what}";
        return new ProduceError(ProduceErrorCode.InvalidRecord, text);
    }
}
