using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Groups;

/// <summary>Heartbeat 0-4.</summary>
internal static class HeartbeatAnswer
{
    public static void Write(AnswerContext context, ref WireReader reader, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.Heartbeat, version);
        var group = reader.String(flexible);
        var generation = reader.Int32();
        var member = reader.String(flexible);
        var instance = version >= 3 ? reader.NullableString(flexible) : null;
        reader.Tags(flexible);
        reader.End();
        var error = Coordinating.Refusal(context, group);
        error = error != ErrorCode.None ? error : context.Cluster.Groups.Heartbeat(group, new(member, instance, generation));
        var writer = context.Writer;
        if (version >= 1)
        {
            writer.Int32(context.Plan.ThrottleMs);
        }

        writer.Int16(error);
        writer.NoTags(flexible);
    }
}
