using Rx.Kafka.Batching;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Admission;

/// <summary>Chooses a partition (named, by key, by the user's partitioner, or sticky) and appends there.</summary>
internal sealed class PartitionChoice(TopicAdmission topic, AdmissionContext context)
{
    public AppendResult TryPlace(
        TopicChannels channels, in Record record, in RecordView view, Sink? sink, RecordCompletion? completion, WaitingRecord? waiter, out Placement placement, out PartitionChannel? mustWaitIn, out ProduceError? error)
    {
        error = null;
        int partition;
        if (record.HasPartition)
        {
            partition = record.PartitionNumber;
        }
        else if (context.Options.Partitioner is { } partitioner)
        {
            error = Ask(partitioner, record, channels.Partitions, out partition);
        }
        else if (record.HasKey && !context.Options.PartitionerIgnoreKeys)
        {
            partition = Murmur2.Partition(view.Key, channels.Channels.Length);
        }
        else
        {
            return TryPlaceAnywhere(channels, record, view, sink, completion, waiter, out placement, out mustWaitIn);
        }

        placement = default;
        mustWaitIn = null;
        if ((uint)partition >= (uint)channels.Channels.Length)
        {
            if (error is null)
            {
                // Partitions may have been added: the next record shall find them.
                context.Metadata.RequestRefresh();
                error = OutOfRange(partition, channels.Channels.Length, record.HasPartition);
            }

            return AppendResult.MustWait;
        }

        var channel = channels.Channels[partition];
        var result = channel.Append(record, view, sink, completion, mayOpen: true, out placement, waiter);
        mustWaitIn = result == AppendResult.MustWait ? channel : null;
        return result;
    }

    /// <summary>Sticky: stays with a partition for a batch's worth of bytes; where that one would have to wait, every other that has a leader is tried.</summary>
    private AppendResult TryPlaceAnywhere(TopicChannels channels, in Record record, in RecordView view, Sink? sink, RecordCompletion? completion, WaitingRecord? waiter, out Placement placement, out PartitionChannel? mustWaitIn)
    {
        mustWaitIn = null;
        var sticky = topic.Sticky;
        var partition = sticky.Current(channels.Partitions);
        var result = channels.Channels[partition].Append(record, view, sink, completion, mayOpen: false, out placement, waiter);
        if (result == AppendResult.WouldOpen)
        {
            // All batches there are full: if it had its share, the next partition takes the record instead.
            sticky.Appended(partition, 0, batchesFull: true);
            partition = sticky.Current(channels.Partitions);
            result = channels.Channels[partition].Append(record, view, sink, completion, mayOpen: true, out placement, waiter);
        }

        if (result == AppendResult.MustWait)
        {
            sticky.Refused(partition);
            var start = StickyPartitioner.After(channels.Partitions, partition);
            var next = start;
            do
            {
                partition = next;
                result = channels.Channels[next].Append(record, view, sink, completion, mayOpen: true, out placement, waiter);
                next = StickyPartitioner.After(channels.Partitions, next);
            }
            while (result == AppendResult.MustWait && next != start);
        }

        if (result == AppendResult.Placed)
        {
            sticky.Appended(partition, placement.Bytes, placement.AllFull);
        }

        return result;
    }

    private static ProduceError? Ask(IPartitioner partitioner, in Record record, TopicPartitions partitions, out int partition)
    {
        try
        {
            partition = partitioner.Partition(record, partitions);
            return null;
        }
        catch (Exception e)
        {
            partition = -1;
            return new ProduceError(ProduceErrorCode.InvalidRecord, $"The partitioner {partitioner.GetType().Name} failed for a record of topic {record.Topic}: {e.Message}", Cause: e);
        }
    }

    private ProduceError OutOfRange(int partition, int count, bool isNamed) => new(
        ProduceErrorCode.InvalidRecord,
        isNamed
            ? $"Topic {topic.Name} has {count} partition(s), from 0 to {count - 1}; the record was for partition {partition}. Name one that exists, or none."
            : $"Topic {topic.Name} has {count} partition(s), from 0 to {count - 1}; {context.Options.Partitioner!.GetType().Name} answered partition {partition}. It must answer one that exists.");
}
