using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Groups;

/// <summary>JoinGroup 0-9.</summary>
internal static class JoinGroupAnswer
{
    /// <summary>Joins; the answer may wait for the other members.</summary>
    public static async Task<JoinResult> AskAsync(AnswerContext context, JoinGroupRequest request, CancellationToken end)
    {
        var error = Coordinating.Refusal(context, request.GroupId);
        return error != ErrorCode.None
            ? JoinResult.Failed(error, request.MemberId)
            : await context.Cluster.Groups.Join(request).WaitAsync(end);
    }

    public static void Write(AnswerContext context, JoinResult result, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.JoinGroup, version);
        var writer = context.Writer;
        if (version >= 2)
        {
            writer.Int32(context.Plan.ThrottleMs);
        }

        writer.Int16(result.Error);
        writer.Int32(result.Generation);
        if (version >= 7)
        {
            writer.String(result.ProtocolType, flexible);
        }

        writer.String(version >= 7 ? result.ProtocolName : result.ProtocolName ?? "", flexible);
        writer.String(result.Leader, flexible);
        if (version >= 9)
        {
            writer.Bool(result.SkipAssignment);
        }

        writer.String(result.MemberId, flexible);
        writer.Count(result.Members.Count, flexible);
        foreach (var member in result.Members)
        {
            writer.String(member.Id, flexible);
            if (version >= 5)
            {
                writer.String(member.InstanceId, flexible);
            }

            writer.Count(member.Metadata.Length, flexible);
            writer.Raw(member.Metadata);
            writer.NoTags(flexible);
        }

        writer.NoTags(flexible);
    }
}
