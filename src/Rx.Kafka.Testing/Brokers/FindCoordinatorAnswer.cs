using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>FindCoordinator 0-4: the first living broker coordinates everything.</summary>
internal static class FindCoordinatorAnswer
{
    public static void Write(AnswerContext context, ref WireReader reader, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.FindCoordinator, version);
        var keys = ReadKeys(ref reader, version, flexible);
        var coordinator = context.Cluster.Controller;
        var error = context.Plan.Error != 0 ? context.Plan.Error : coordinator is null ? ErrorCode.CoordinatorNotAvailable : ErrorCode.None;
        var (id, host, port) = error == ErrorCode.None ? (coordinator!.Id, coordinator.Host, coordinator.Port) : (-1, "", -1);
        var writer = context.Writer;
        if (version >= 1)
        {
            writer.Int32(context.Plan.ThrottleMs);
        }

        if (version >= 4)
        {
            writer.Count(keys.Count, flexible);
            foreach (var key in keys)
            {
                writer.String(key, flexible);
                writer.Int32(id);
                writer.String(host, flexible);
                writer.Int32(port);
                writer.Int16(error);
                writer.String(null, flexible);
                writer.NoTags(flexible);
            }

            writer.NoTags(flexible);
            return;
        }

        writer.Int16(error);
        if (version >= 1)
        {
            writer.String(null, flexible);
        }

        writer.Int32(id);
        writer.String(host, flexible);
        writer.Int32(port);
        writer.NoTags(flexible);
    }

    private static List<string> ReadKeys(ref WireReader reader, short version, bool flexible)
    {
        var keys = new List<string>();
        if (version < 4)
        {
            keys.Add(reader.String(flexible));
            if (version >= 1)
            {
                reader.Int8(); // KeyType
            }
        }
        else
        {
            reader.Int8(); // KeyType
            for (var count = reader.Count(flexible); count > 0; count--)
            {
                keys.Add(reader.String(flexible));
            }
        }

        reader.Tags(flexible);
        reader.End();
        return keys;
    }
}
