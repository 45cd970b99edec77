using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Groups;

/// <summary>OffsetFetch 1-8; version 8 asks for several groups. Without transactions every offset is stable.</summary>
internal static class OffsetFetchAnswer
{
    // An offset that nobody committed.
    private static readonly CommittedOffset None = new(-1, -1, "");

    public static void Write(AnswerContext context, ref WireReader reader, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.OffsetFetch, version);
        var groups = ReadGroups(ref reader, version, flexible);
        if (version >= 7)
        {
            reader.Bool(); // RequireStable
        }

        reader.Tags(flexible);
        reader.End();
        var writer = context.Writer;
        if (version >= 3)
        {
            writer.Int32(context.Plan.ThrottleMs);
        }

        if (version < 8)
        {
            WriteGroup(context, groups[0], version, flexible);
            writer.NoTags(flexible);
            return;
        }

        writer.Count(groups.Count, flexible);
        foreach (var group in groups)
        {
            writer.String(group.Name, flexible);
            WriteGroup(context, group, version, flexible);
            writer.NoTags(flexible);
        }

        writer.NoTags(flexible);
    }

    private static void WriteGroup(AnswerContext context, AskedGroup group, short version, bool flexible)
    {
        var writer = context.Writer;
        var error = Coordinating.Refusal(context, group.Name);

        // Before version 2 only partitions can tell an error.
        var topics = error != ErrorCode.None && version >= 2 ? [] : group.Topics ?? context.Cluster.Groups.Committed(group.Name);
        writer.Count(topics.Count, flexible);
        foreach (var (topic, partitions) in topics)
        {
            writer.String(topic, flexible);
            writer.Count(partitions.Count, flexible);
            foreach (var partition in partitions)
            {
                var committed = error == ErrorCode.None ? context.Cluster.Groups.Committed(group.Name, topic, partition) ?? None : None;
                writer.Int32(partition);
                writer.Int64(committed.Offset);
                if (version >= 5)
                {
                    writer.Int32(committed.LeaderEpoch);
                }

                writer.String(committed.Metadata, flexible);
                writer.Int16(error);
                writer.NoTags(flexible);
            }

            writer.NoTags(flexible);
        }

        if (version >= 2)
        {
            writer.Int16(error);
        }
    }

    private static List<AskedGroup> ReadGroups(ref WireReader reader, short version, bool flexible)
    {
        var groups = new List<AskedGroup>();
        if (version < 8)
        {
            groups.Add(new(reader.String(flexible), ReadTopics(ref reader, flexible)));
            return groups;
        }

        for (var count = reader.Count(flexible); count > 0; count--)
        {
            groups.Add(new(reader.String(flexible), ReadTopics(ref reader, flexible)));
            reader.Tags(flexible);
        }

        return groups;
    }

    private static List<(string Topic, IReadOnlyList<int> Partitions)>? ReadTopics(ref WireReader reader, bool flexible)
    {
        var count = reader.Count(flexible);
        if (count < 0)
        {
            return null;
        }

        var topics = new List<(string, IReadOnlyList<int>)>();
        for (; count > 0; count--)
        {
            var topic = reader.String(flexible);
            var partitions = new List<int>();
            for (var left = reader.Count(flexible); left > 0; left--)
            {
                partitions.Add(reader.Int32());
            }

            reader.Tags(flexible);
            topics.Add((topic, partitions));
        }

        return topics;
    }

    /// <param name="Name">The group's name.</param>
    /// <param name="Topics">Null = all that it has offsets of.</param>
    private sealed record AskedGroup(string Name, IReadOnlyList<(string Topic, IReadOnlyList<int> Partitions)>? Topics);
}
