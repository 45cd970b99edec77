using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Groups;

/// <summary>OffsetCommit 2-8. Offsets are kept for ever, whatever retention versions below 5 ask for.</summary>
internal static class OffsetCommitAnswer
{
    private const int MostMetadata = 4096; // offset.metadata.max.bytes

    public static void Write(AnswerContext context, ref WireReader reader, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.OffsetCommit, version);
        var group = reader.String(flexible);
        var generation = reader.Int32();
        var member = reader.String(flexible);
        var instance = version >= 7 ? reader.NullableString(flexible) : null;
        if (version <= 4)
        {
            reader.Int64(); // RetentionTimeMs
        }

        var offsets = ReadOffsets(context.Cluster, ref reader, version, flexible);
        reader.Tags(flexible);
        reader.End();
        var error = Coordinating.Refusal(context, group);
        error = error != ErrorCode.None ? error : context.Cluster.Groups.Commit(group, new(member, instance, generation), Good(offsets));
        var writer = context.Writer;
        if (version >= 3)
        {
            writer.Int32(context.Plan.ThrottleMs);
        }

        writer.Count(offsets.Count, flexible);
        foreach (var (topic, partitions) in offsets)
        {
            writer.String(topic, flexible);
            writer.Count(partitions.Count, flexible);
            foreach (var partition in partitions)
            {
                writer.Int32(partition.Index);
                writer.Int16(error != ErrorCode.None ? error : partition.Error);
                writer.NoTags(flexible);
            }

            writer.NoTags(flexible);
        }

        writer.NoTags(flexible);
    }

    private static List<(string Topic, int Partition, CommittedOffset Offset)> Good(List<(string Topic, List<Asked> Partitions)> offsets) =>
        [.. from topic in offsets
            from one in topic.Partitions
            where one.Error == ErrorCode.None
            select (topic.Topic, one.Index, one.Offset)];

    private static List<(string Topic, List<Asked> Partitions)> ReadOffsets(
        Cluster cluster, ref WireReader reader, short version, bool flexible)
    {
        var topics = new List<(string, List<Asked>)>();
        for (var count = reader.Count(flexible); count > 0; count--)
        {
            var topic = reader.String(flexible);
            var log = cluster.Find(topic);
            var partitions = new List<Asked>();
            for (var left = reader.Count(flexible); left > 0; left--)
            {
                var index = reader.Int32();
                var offset = reader.Int64();
                var epoch = version >= 6 ? reader.Int32() : -1;
                var metadata = reader.NullableString(flexible);
                reader.Tags(flexible);
                var error = log?.Partition(index) is null ? ErrorCode.UnknownTopicOrPartition
                    : metadata?.Length > MostMetadata ? ErrorCode.OffsetMetadataTooLarge
                    : ErrorCode.None;
                partitions.Add(new(index, new(offset, epoch, metadata), error));
            }

            reader.Tags(flexible);
            topics.Add((topic, partitions));
        }

        return topics;
    }

    private sealed record Asked(int Index, CommittedOffset Offset, short Error);
}
