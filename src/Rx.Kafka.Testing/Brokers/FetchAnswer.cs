using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>Fetch 4-12 without sessions: whole batches from an offset on, enough to read a log with any Kafka consumer.</summary>
internal static class FetchAnswer
{
    // fetch.max.bytes, whatever a consumer grants
    private const int MostBytes = 55 << 20;

    public static void Write(AnswerContext context, FetchRequest request, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.Fetch, version);
        var writer = context.Writer;
        var left = Math.Min(request.MaxBytes, MostBytes);
        var shape = new Shape(version, flexible, request.ReadsCommitted);
        writer.Int32(context.Plan.ThrottleMs);
        if (version >= 7)
        {
            writer.Int16(ErrorCode.None); // partitions tell what is wrong, in every version
            writer.Int32(0); // SessionId
        }

        var isFirst = true;
        writer.Count(request.Topics.Count, flexible);
        foreach (var topic in request.Topics)
        {
            var log = context.Cluster.Find(topic.Name);
            writer.String(topic.Name, flexible);
            writer.Count(topic.Partitions.Count, flexible);
            foreach (var partition in topic.Partitions)
            {
                var limited = partition with { MaxBytes = Math.Min(left, partition.MaxBytes) };
                var fault = context.Plan.Failing(topic.Name, partition.Index)?.Error;
                var written = WritePartition(context, log, limited, shape with { IsFirst = isFirst, Fault = fault });
                isFirst &= written == 0;
                left -= written;
            }

            writer.NoTags(flexible);
        }

        writer.NoTags(flexible);
    }

    /// <summary>The log of a partition that this broker leads and that has the offset, or what is wrong.</summary>
    public static (PartitionLog? Log, short Error) Judge(AnswerContext context, TopicLog? topic, FetchPartition partition)
    {
        if (topic?.Partition(partition.Index) is not { } log)
        {
            return (null, ErrorCode.UnknownTopicOrPartition);
        }

        var (start, next) = log.Offsets;
        return (log, log.Leader != context.Broker.Id ? ErrorCode.NotLeaderOrFollower
            : partition.Offset < start || partition.Offset > next ? ErrorCode.OffsetOutOfRange
            : ErrorCode.None);
    }

    private static int WritePartition(AnswerContext context, TopicLog? topic, FetchPartition partition, Shape shape)
    {
        var writer = context.Writer;
        var (log, judged) = Judge(context, topic, partition);
        var error = shape.Fault ?? judged;
        var (start, next) = log?.Offsets ?? (-1, -1);
        writer.Int32(partition.Index);
        writer.Int16(error);
        writer.Int64(next); // HighWatermark
        writer.Int64(next); // LastStableOffset
        if (shape.Version >= 5)
        {
            writer.Int64(start);
        }

        writer.Count(shape.ReadsCommitted ? 0 : -1, shape.Flexible); // AbortedTransactions: there are none
        if (shape.Version >= 11)
        {
            writer.Int32(-1); // PreferredReadReplica
        }

        var records = error == ErrorCode.None ? Read(log!, partition.Offset, partition.MaxBytes, shape.IsFirst) : [];
        writer.Count(records.Length, shape.Flexible);
        writer.Raw(records);
        writer.NoTags(shape.Flexible);
        return records.Length;
    }

    /// <summary>
    /// Whole batches; the very first one of an answer even if it is larger than asked for, or a consumer could never pass it.
    /// </summary>
    private static byte[] Read(PartitionLog log, long offset, int maximumBytes, bool isFirst)
    {
        using var output = new MemoryStream();
        log.Read(offset, batch =>
        {
            if (output.Length + batch.Length > maximumBytes && (output.Length > 0 || !isFirst))
            {
                return false;
            }

            output.Write(batch.Bytes);
            return true;
        });
        return output.ToArray();
    }

    private readonly record struct Shape(short Version, bool Flexible, bool ReadsCommitted)
    {
        /// <summary>Nothing is in the answer yet.</summary>
        public bool IsFirst { get; init; }

        /// <summary>The error that a test wants of this partition; null = none.</summary>
        public short? Fault { get; init; }
    }
}
