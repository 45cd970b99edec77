using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Groups;

/// <summary>SyncGroup 0-5.</summary>
internal static class SyncGroupAnswer
{
    /// <summary>Asks for the member's part; the answer may wait for the leader.</summary>
    public static async Task<SyncResult> AskAsync(AnswerContext context, SyncGroupRequest request, CancellationToken end)
    {
        var error = Coordinating.Refusal(context, request.GroupId);
        return error != ErrorCode.None ? SyncResult.Failed(error) : await context.Cluster.Groups.Sync(request).WaitAsync(end);
    }

    public static void Write(AnswerContext context, SyncResult result, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.SyncGroup, version);
        var writer = context.Writer;
        if (version >= 1)
        {
            writer.Int32(context.Plan.ThrottleMs);
        }

        writer.Int16(result.Error);
        if (version >= 5)
        {
            writer.String(result.ProtocolType, flexible);
            writer.String(result.ProtocolName, flexible);
        }

        writer.Count(result.Assignment.Length, flexible);
        writer.Raw(result.Assignment);
        writer.NoTags(flexible);
    }
}
