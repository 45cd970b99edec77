using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>Metadata 0-13. Creates topics if that is allowed.</summary>
internal static class MetadataAnswer
{
    // "not asked for" in TopicAuthorizedOperations and ClusterAuthorizedOperations
    private const int NoOperations = int.MinValue;

    public static void Write(AnswerContext context, MetadataRequest request, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.Metadata, version);
        var cluster = context.Cluster;
        var topics = Topics(context, request, version);
        var writer = context.Writer;
        if (version >= 3)
        {
            writer.Int32(context.Plan.ThrottleMs);
        }

        WriteBrokers(writer, cluster, version, flexible);
        if (version >= 2)
        {
            writer.String(cluster.Options.ClusterId, flexible);
        }

        if (version >= 1)
        {
            writer.Int32(cluster.Controller?.Id ?? -1);
        }

        writer.Count(topics.Count, flexible);
        foreach (var topic in topics)
        {
            WriteTopic(context, topic, version, flexible);
        }

        if (version is >= 8 and <= 10)
        {
            writer.Int32(NoOperations);
        }

        if (version >= 13)
        {
            writer.Int16(ErrorCode.None);
        }

        writer.NoTags(flexible);
    }

    private static List<TopicAnswer> Topics(AnswerContext context, MetadataRequest request, short version)
    {
        if (request.Topics is null)
        {
            return [.. context.Cluster.Topics().Select(topic => Existing(context, topic))];
        }

        var answers = new List<TopicAnswer>(request.Topics.Count);
        foreach (var (name, id) in request.Topics)
        {
            answers.Add(name is not null ? ByName(context, name, request.AllowAutoTopicCreation) : ById(context, id, version));
        }

        return answers;
    }

    private static TopicAnswer ByName(AnswerContext context, string name, bool mayCreate)
    {
        var cluster = context.Cluster;
        if (cluster.Find(name) is { } topic)
        {
            return Existing(context, topic);
        }

        if (context.Plan.Failing(name, -1)?.Error is { } error)
        {
            return new(error, name, Guid.Empty, null);
        }

        if (!TopicLog.IsValid(name))
        {
            return new(ErrorCode.InvalidTopic, name, Guid.Empty, null);
        }

        if (!mayCreate || !cluster.Options.AutoCreateTopics)
        {
            return new(ErrorCode.UnknownTopicOrPartition, name, Guid.Empty, null);
        }

        var created = cluster.Create(name, new TopicOptions { Partitions = cluster.Options.DefaultPartitions }) ?? cluster.Find(name)!;
        return cluster.Options.NewTopicsHaveNoLeaderYet ? new(ErrorCode.LeaderNotAvailable, name, Guid.Empty, null) : Existing(context, created);
    }

    private static TopicAnswer ById(AnswerContext context, Guid id, short version)
    {
        if (version < 12)
        {
            throw new WireException("A topic is asked for by id, which Metadata below 12 does not serve.");
        }

        return context.Cluster.Find(id) is { } topic ? Existing(context, topic) : new(ErrorCode.UnknownTopicId, null, id, null);
    }

    private static TopicAnswer Existing(AnswerContext context, TopicLog topic) =>
        context.Plan.Failing(topic.Name, -1)?.Error is { } error ? new(error, topic.Name, topic.Id, null) : new(ErrorCode.None, topic.Name, topic.Id, topic);

    private static void WriteBrokers(WireWriter writer, Cluster cluster, short version, bool flexible)
    {
        var brokers = cluster.Brokers.Where(static broker => broker.Listed).ToList();
        writer.Count(brokers.Count, flexible);
        foreach (var broker in brokers)
        {
            writer.Int32(broker.Id);
            writer.String(broker.Host, flexible);
            writer.Int32(broker.Port);
            if (version >= 1)
            {
                writer.String(cluster.Options.RackOf(broker.Id), flexible); // Rack
            }

            writer.NoTags(flexible);
        }
    }

    private static void WriteTopic(AnswerContext context, TopicAnswer topic, short version, bool flexible)
    {
        var writer = context.Writer;
        writer.Int16(topic.Error);
        writer.String(topic.Name, flexible);
        if (version >= 10)
        {
            writer.Uuid(topic.Id);
        }

        if (version >= 1)
        {
            writer.Bool(false); // IsInternal
        }

        var partitions = topic.Log?.Partitions ?? [];
        writer.Count(partitions.Count, flexible);
        foreach (var partition in partitions)
        {
            WritePartition(context, partition, version, flexible);
        }

        if (version >= 8)
        {
            writer.Int32(NoOperations);
        }

        writer.NoTags(flexible);
    }

    private static void WritePartition(AnswerContext context, PartitionLog partition, short version, bool flexible)
    {
        var writer = context.Writer;
        var (leader, epoch) = (partition.Leader, partition.LeaderEpoch);
        var live = partition.Replicas.Where(id => context.Cluster.Broker(id).Listed).ToArray();
        writer.Int16(leader < 0 ? ErrorCode.LeaderNotAvailable : ErrorCode.None);
        writer.Int32(partition.Index);
        writer.Int32(leader);
        if (version >= 7)
        {
            writer.Int32(epoch);
        }

        writer.Int32Array(partition.Replicas, flexible);
        writer.Int32Array(live, flexible);
        if (version >= 5)
        {
            writer.Int32Array(partition.Replicas.Except(live).ToArray(), flexible);
        }

        writer.NoTags(flexible);
    }

    private sealed record TopicAnswer(short Error, string? Name, Guid Id, TopicLog? Log);
}
