using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Groups;

/// <summary>LeaveGroup 0-5; from version 3 on several members at once.</summary>
internal static class LeaveGroupAnswer
{
    public static void Write(AnswerContext context, ref WireReader reader, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.LeaveGroup, version);
        var group = reader.String(flexible);
        var leaving = ReadMembers(ref reader, version, flexible);
        reader.Tags(flexible);
        reader.End();
        var error = Coordinating.Refusal(context, group);
        leaving = error == ErrorCode.None ? leaving : [];
        var left = leaving.ConvertAll(member => (Member: member, Error: context.Cluster.Groups.Leave(group, member)));
        var writer = context.Writer;
        if (version >= 1)
        {
            writer.Int32(context.Plan.ThrottleMs);
        }

        writer.Int16(version < 3 && left.Count > 0 ? left[0].Error : error);
        if (version >= 3)
        {
            writer.Count(left.Count, flexible);
            foreach (var (member, fate) in left)
            {
                writer.String(member.MemberId, flexible);
                writer.String(member.InstanceId, flexible);
                writer.Int16(fate);
                writer.NoTags(flexible);
            }
        }

        writer.NoTags(flexible);
    }

    private static List<Membership> ReadMembers(ref WireReader reader, short version, bool flexible)
    {
        var members = new List<Membership>();
        if (version < 3)
        {
            members.Add(new(reader.String(flexible), null, -1));
            return members;
        }

        for (var count = reader.Count(flexible); count > 0; count--)
        {
            members.Add(new(reader.String(flexible), reader.NullableString(flexible), -1));
            if (version >= 5)
            {
                reader.NullableString(flexible); // Reason
            }

            reader.Tags(flexible);
        }

        return members;
    }
}
