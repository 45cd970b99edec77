using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Properties.Partitioning;

/// <summary>Batches of partitions as the pipeline fills them, reduced to their sizes, with a sticky partitioner in front.</summary>
internal sealed class StickyScenario(StickyPartitioner partitioner, TopicPartitions topic, int batchSize)
{
    private readonly Dictionary<int, int> _open = [];

    /// <summary>The batches that were closed so far: partition, bytes, and whether they closed because they were full.</summary>
    public List<(int Partition, int Bytes, bool Full)> Closed { get; } = [];

    public int OpenBatches => _open.Count;

    /// <summary>Places a record without key.</summary>
    public int Append(int bytes)
    {
        while (true)
        {
            var partition = partitioner.Current(topic);
            var open = _open.GetValueOrDefault(partition);
            if (open == 0 || open + bytes > batchSize)
            {
                if (open > 0)
                {
                    Close(partition, full: true);
                }

                // Before a batch is opened: was the switch only waiting for the last one to be full?
                partitioner.Appended(partition, 0, batchesFull: true);
                if (!partitioner.IsCurrent(partition))
                {
                    continue;
                }
            }

            open = _open[partition] = _open.GetValueOrDefault(partition) + bytes;
            if (open >= batchSize)
            {
                Close(partition, full: true);
            }

            partitioner.Appended(partition, bytes, batchesFull: open >= batchSize);
            return partition;
        }
    }

    /// <summary>The linger has passed: all batches go.</summary>
    public void Drain()
    {
        foreach (var partition in _open.Keys.Order().ToArray())
        {
            Close(partition, full: false);
        }
    }

    private void Close(int partition, bool full)
    {
        _open.Remove(partition, out var bytes);
        Closed.Add((partition, bytes, full));
    }
}
