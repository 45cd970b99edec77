using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>Fetch 4-12 without sessions: whole batches from an offset on, enough to read a log with any Kafka consumer.</summary>
internal static class FetchAnswer
{
    /// <summary>Whether there is nothing to answer yet, so that the broker waits for the time the consumer grants.</summary>
    public static bool IsEmpty(Cluster cluster, FetchRequest request) => request.Topics.All(topic => topic.Partitions.All(partition =>
        cluster.Find(topic.Name)?.Partition(partition.Index) is { } log && log.Offsets.Next == partition.Offset));

    public static void Write(AnswerContext context, FetchRequest request, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.Fetch, version);
        var writer = context.Writer;
        var left = request.MaxBytes;
        writer.Int32(context.Plan.ThrottleMs);
        if (version >= 7)
        {
            writer.Int16(context.Plan.Error);
            writer.Int32(0); // SessionId
        }

        writer.Count(request.Topics.Count, flexible);
        foreach (var topic in request.Topics)
        {
            writer.String(topic.Name, flexible);
            writer.Count(topic.Partitions.Count, flexible);
            foreach (var partition in topic.Partitions)
            {
                left -= WritePartition(context, topic.Name, partition, version, flexible, left);
            }

            writer.NoTags(flexible);
        }

        writer.NoTags(flexible);
    }

    private static int WritePartition(AnswerContext context, string topic, FetchPartition partition, short version, bool flexible, int maximumBytes)
    {
        var writer = context.Writer;
        var log = context.Cluster.Find(topic)?.Partition(partition.Index);
        var (start, next) = log?.Offsets ?? (-1, -1);
        var error = log is null ? ErrorCode.UnknownTopicOrPartition
            : log.Leader != context.Broker.Id ? ErrorCode.NotLeaderOrFollower
            : partition.Offset < start || partition.Offset > next ? ErrorCode.OffsetOutOfRange
            : ErrorCode.None;
        writer.Int32(partition.Index);
        writer.Int16(error);
        writer.Int64(next); // HighWatermark
        writer.Int64(next); // LastStableOffset
        if (version >= 5)
        {
            writer.Int64(start);
        }

        writer.Count(-1, flexible); // AbortedTransactions
        if (version >= 11)
        {
            writer.Int32(-1); // PreferredReadReplica
        }

        var records = error == ErrorCode.None ? Read(log!, partition.Offset, Math.Min(maximumBytes, partition.MaxBytes)) : [];
        writer.Count(records.Length, flexible);
        writer.Raw(records);
        writer.NoTags(flexible);
        return records.Length;
    }

    /// <summary>Whole batches; the first one even if it is larger than asked for, or a consumer could never pass it.</summary>
    private static byte[] Read(PartitionLog log, long offset, int maximumBytes)
    {
        using var output = new MemoryStream();
        log.Read(offset, batch =>
        {
            if (output.Length > 0 && output.Length + batch.Length > maximumBytes)
            {
                return false;
            }

            output.Write(batch.Bytes);
            return true;
        });
        return output.ToArray();
    }
}
