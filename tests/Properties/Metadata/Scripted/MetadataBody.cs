using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Metadata.Scripted;

/// <summary>Writes metadata answers of every version we read.</summary>
internal static class MetadataBody
{
    public static byte[] Write(int version, (int Id, string Host, int Port)[] brokers, string? clusterId, FakeTopic[] topics, short error = 0, string? rack = null)
    {
        var compact = version >= 9;
        var wire = new Wire();
        if (version >= 3)
        {
            wire.I32(0);
        }

        wire.Each(brokers, compact, b => wire.I32(b.Id).Text(b.Host, compact).I32(b.Port).Text(rack, compact).Tags(compact));
        if (version >= 2)
        {
            wire.Text(clusterId, compact);
        }

        wire.I32(brokers.Length > 0 ? brokers[0].Id : -1);
        wire.Each(topics, compact, t => Topic(wire, version, t));
        if (version is >= 8 and <= 10)
        {
            wire.I32(int.MinValue);
        }

        if (version >= 13)
        {
            wire.I16(error);
        }

        return wire.Tags(compact).ToArray();
    }

    private static void Topic(Wire wire, int version, FakeTopic topic)
    {
        var compact = version >= 9;
        wire.I16(topic.Error).Text(topic.Name, compact);
        if (version >= 10)
        {
            wire.Id(topic.Id);
        }

        wire.I8(0);
        var numbered = topic.Partitions.Select((p, i) => (Index: i, Partition: p)).Reverse().ToArray();
        wire.Each(numbered, compact, n =>
        {
            wire.I16(n.Partition.Error).I32(n.Index).I32(n.Partition.Leader);
            if (version >= 7)
            {
                wire.I32(n.Partition.Epoch);
            }

            var replicas = n.Partition.Leader < 0 ? Array.Empty<int>() : [n.Partition.Leader];
            wire.Each(replicas, compact, r => wire.I32(r)).Each(replicas, compact, r => wire.I32(r));
            if (version >= 5)
            {
                wire.Count(0, compact);
            }

            wire.Tags(compact);
        });
        if (version >= 8)
        {
            wire.I32(int.MinValue);
        }

        wire.Tags(compact);
    }
}
