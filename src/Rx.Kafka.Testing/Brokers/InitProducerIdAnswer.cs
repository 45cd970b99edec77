using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>InitProducerId 0-5. Transactions are not served; a transactional id only keeps its producer id.</summary>
internal static class InitProducerIdAnswer
{
    public static void Write(AnswerContext context, ref WireReader reader, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.InitProducerId, version);
        var transactionalId = reader.NullableString(flexible);
        reader.Int32(); // TransactionTimeoutMs
        if (version >= 3)
        {
            reader.Int64(); // ProducerId
            reader.Int16(); // ProducerEpoch
        }

        reader.Tags(flexible);
        reader.End();
        var error = context.Plan.Error != 0 ? context.Plan.Error : transactionalId is "" ? ErrorCode.InvalidRequest : ErrorCode.None;
        var (id, epoch) = error == ErrorCode.None ? context.Cluster.NextProducerId(transactionalId) : (-1, (short)-1);
        var writer = context.Writer;
        writer.Int32(context.Plan.ThrottleMs);
        writer.Int16(error);
        writer.Int64(id);
        writer.Int16(epoch);
        writer.NoTags(flexible);
    }
}
