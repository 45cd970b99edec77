using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>ListOffsets 1-7. A time is answered with the first record that is not older.</summary>
internal static class ListOffsetsAnswer
{
    private const long Latest = -1;
    private const long Earliest = -2;

    public static void Write(AnswerContext context, ref WireReader reader, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.ListOffsets, version);
        var writer = context.Writer;
        reader.Int32(); // ReplicaId
        if (version >= 2)
        {
            reader.Int8(); // IsolationLevel
            writer.Int32(context.Plan.ThrottleMs);
        }

        var topics = reader.Count(flexible);
        writer.Count(topics, flexible);
        for (; topics > 0; topics--)
        {
            var name = reader.String(flexible);
            writer.String(name, flexible);
            var partitions = reader.Count(flexible);
            writer.Count(partitions, flexible);
            for (; partitions > 0; partitions--)
            {
                WritePartition(context, ref reader, name, version, flexible);
            }

            reader.Tags(flexible);
            writer.NoTags(flexible);
        }

        reader.Tags(flexible);
        reader.End();
        writer.NoTags(flexible);
    }

    private static void WritePartition(AnswerContext context, ref WireReader reader, string topic, short version, bool flexible)
    {
        var index = reader.Int32();
        if (version >= 4)
        {
            reader.Int32(); // CurrentLeaderEpoch
        }

        var timestamp = reader.Int64();
        reader.Tags(flexible);
        var log = context.Cluster.Find(topic)?.Partition(index);
        var error = log is null ? ErrorCode.UnknownTopicOrPartition : log.Leader != context.Broker.Id ? ErrorCode.NotLeaderOrFollower : context.Plan.Error;
        var (time, offset) = error == ErrorCode.None ? Find(log!, timestamp) : (-1, -1);
        var writer = context.Writer;
        writer.Int32(index);
        writer.Int16(error);
        writer.Int64(time);
        writer.Int64(offset);
        if (version >= 4)
        {
            writer.Int32(error == ErrorCode.None ? log!.LeaderEpoch : -1);
        }

        writer.NoTags(flexible);
    }

    private static (long Time, long Offset) Find(PartitionLog log, long timestamp)
    {
        var (start, next) = log.Offsets;
        if (timestamp is Latest or Earliest)
        {
            return (-1, timestamp == Latest ? next : start);
        }

        // -3 (from version 7) asks for the record with the largest time.
        var found = (Time: -1L, Offset: -1L);
        log.Read(start, batch =>
        {
            var time = new BatchView(batch.Bytes).MaxTimestamp;
            if (timestamp < 0 ? time > found.Time : time >= timestamp)
            {
                found = FirstFrom(batch.Bytes, timestamp < 0 ? time : timestamp);
                return timestamp < 0;
            }

            return true;
        });
        return found;
    }

    /// <summary>The first record of a batch that is not older than a time; its largest time is not.</summary>
    private static (long Time, long Offset) FirstFrom(ReadOnlySpan<byte> bytes, long timestamp)
    {
        var batch = new BatchView(bytes);
        if (batch.LogAppendTime)
        {
            return (batch.MaxTimestamp, batch.BaseOffset);
        }

        // What is on the log was within its limit when it was appended.
        var records = new RecordReader(Decompressor.Decompress(batch.Codec, batch.Records, Array.MaxLength));
        for (var left = batch.RecordCount; left > 0; left--)
        {
            var record = records.Next(decodeHeaders: false);
            if (batch.BaseTimestamp + record.TimestampDelta is var time && time >= timestamp)
            {
                return (time, batch.BaseOffset + record.OffsetDelta);
            }
        }

        return (batch.MaxTimestamp, batch.BaseOffset); // its header says more than its records
    }
}
