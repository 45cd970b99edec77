using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>Produce 3-13: appends and answers, partition by partition.</summary>
internal static class ProduceAnswer
{
    public static Answering Write(AnswerContext context, ProduceRequest request, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.Produce, version);
        var writer = context.Writer;
        var failed = false;
        var hinted = new List<int>();
        var refusal = Refusal(request);
        writer.Count(request.Topics.Count, flexible);
        foreach (var topic in request.Topics)
        {
            if (topic.Id == Guid.Empty)
            {
                writer.String(topic.Name, flexible);
            }
            else
            {
                writer.Uuid(topic.Id);
            }

            writer.Count(topic.Partitions.Count, flexible);
            foreach (var partition in topic.Partitions)
            {
                var result = refusal is { } code ? new AppendResult(code) : Append(context, topic, partition, version);
                if (result.Error != ErrorCode.None)
                {
                    failed = true;
                    context.Cluster.Counters.Refuse();
                }

                if (result.LeaderId >= 0 && !hinted.Contains(result.LeaderId))
                {
                    hinted.Add(result.LeaderId);
                }

                WritePartition(writer, partition.Index, result, version, flexible);
            }

            writer.NoTags(flexible);
        }

        writer.Int32(context.Plan.ThrottleMs);
        WriteEndpoints(context, hinted, version, flexible);
        return request.Acks != 0 ? Answering.Answer : failed ? Answering.Close : Answering.Nothing;
    }

    /// <summary>What refuses the request as a whole.</summary>
    private static short? Refusal(ProduceRequest request)
    {
        if (request.Acks is not (-1 or 0 or 1))
        {
            return ErrorCode.InvalidRequiredAcks;
        }

        return request.TransactionalId is null && request.Topics.Any(static topic => topic.Partitions.Any(static partition => IsTransactional(partition.Records.Span)))
            ? ErrorCode.TransactionalIdAuthorizationFailed
            : null;
    }

    private static bool IsTransactional(ReadOnlySpan<byte> records) => records.Length >= BatchView.HeaderBytes && new BatchView(records).Transactional;

    private static AppendResult Append(AnswerContext context, ProduceTopic topic, ProducePartition partition, short version)
    {
        var rule = context.Plan.Failing(topic.Name, partition.Index);
        if (rule is { ErrorAfterAppend: false })
        {
            return new AppendResult(rule.Error!.Value, Message: "A fault of the test.") { RejectedRecords = Rejected(rule, partition.Records.Span) };
        }

        if (topic.Id != Guid.Empty && context.Cluster.Find(topic.Id) is null)
        {
            return new AppendResult(ErrorCode.UnknownTopicId);
        }

        var log = (topic.Id == Guid.Empty ? context.Cluster.Find(topic.Name) : context.Cluster.Find(topic.Id))?.Partition(partition.Index);
        if (log is null)
        {
            return new AppendResult(ErrorCode.UnknownTopicOrPartition);
        }

        var result = log.Append(context.Broker.Id, partition.Records.Span, version, context.Cluster.Time.GetUtcNow(), context.Cluster);
        return rule is null || result.Error != ErrorCode.None
            ? result
            : new AppendResult(rule.Error!.Value, rule.TellsOffset ? result.BaseOffset : -1, Message: "A fault of the test.");
    }

    private static IReadOnlyList<int> Rejected(FaultRule rule, ReadOnlySpan<byte> records)
    {
        var count = records.Length >= BatchView.HeaderBytes ? new BatchView(records).RecordCount : 0;
        return [.. rule.RejectedRecords.Where(index => index < count)];
    }

    private static void WritePartition(WireWriter writer, int index, AppendResult result, short version, bool flexible)
    {
        writer.Int32(index);
        writer.Int16(result.Error);
        writer.Int64(result.BaseOffset);
        writer.Int64(result.LogAppendTimeMs);
        if (version >= 5)
        {
            writer.Int64(result.LogStartOffset);
        }

        if (version >= 8)
        {
            writer.Count(result.RejectedRecords.Count, flexible);
            foreach (var record in result.RejectedRecords)
            {
                writer.Int32(record);
                writer.String(null, flexible);
                writer.NoTags(flexible);
            }

            writer.String(result.Message, flexible);
        }

        if (version < 10 || result.Error != ErrorCode.NotLeaderOrFollower || result.LeaderEpoch < 0)
        {
            writer.NoTags(flexible);
            return;
        }

        // KIP-951: tag 0 CurrentLeader
        writer.UVarint(1);
        var tag = writer.BeginTag(0);
        writer.Int32(result.LeaderId);
        writer.Int32(result.LeaderEpoch);
        writer.NoTags(flexible);
        writer.EndTag(tag);
    }

    private static void WriteEndpoints(AnswerContext context, List<int> hinted, short version, bool flexible)
    {
        var writer = context.Writer;
        if (version < 10 || hinted.Count == 0)
        {
            writer.NoTags(flexible);
            return;
        }

        // KIP-951: tag 0 NodeEndpoints
        writer.UVarint(1);
        var tag = writer.BeginTag(0);
        writer.Count(hinted.Count, flexible);
        foreach (var id in hinted)
        {
            var broker = context.Cluster.Broker(id);
            writer.Int32(broker.Id);
            writer.String(broker.Host, flexible);
            writer.Int32(broker.Port);
            writer.String(context.Cluster.Options.RackOf(broker.Id), flexible); // Rack
            writer.NoTags(flexible);
        }

        writer.EndTag(tag);
    }
}
