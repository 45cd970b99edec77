using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Properties.Testing;

/// <summary>What a Produce request of one partition was answered.</summary>
internal sealed record Produced(int Correlation, string Topic, int Partition, short Error, long BaseOffset, long LogAppendTimeMs, long LogStartOffset, int[] Rejected, string? Message, int LeaderId, int LeaderEpoch, int ThrottleMs, string Endpoints)
{
    public static Produced Read(byte[] frame, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.Produce, version);
        var r = new WireReader(frame);
        var correlation = r.Int32();
        r.Tags(flexible);
        Assert.Equal(1, r.Count(flexible));
        var topic = r.String(flexible);
        Assert.Equal(1, r.Count(flexible));
        var partition = r.Int32();
        var error = r.Int16();
        var offset = r.Int64();
        var appendTime = r.Int64();
        var start = version >= 5 ? r.Int64() : -1;
        int[] rejected = [];
        string? message = null;
        if (version >= 8)
        {
            rejected = new int[r.Count(flexible)];
            for (var i = 0; i < rejected.Length; i++)
            {
                rejected[i] = r.Int32();
                r.NullableString(flexible);
                r.Tags(flexible);
            }

            message = r.NullableString(flexible);
        }

        var (leader, epoch) = (-1, -1);
        if (flexible && r.UVarint() == 1)
        {
            Assert.Equal(0u, r.UVarint());
            r.UVarint();
            (leader, epoch) = (r.Int32(), r.Int32());
            r.Tags(flexible);
        }

        r.Tags(flexible);
        var throttle = r.Int32();
        var endpoints = "";
        if (flexible && r.UVarint() == 1)
        {
            Assert.Equal(0u, r.UVarint());
            r.UVarint();
            for (var count = r.Count(flexible); count > 0; count--)
            {
                endpoints += $"{r.Int32()}={r.String(flexible)}:{r.Int32()} ";
                r.NullableString(flexible);
                r.Tags(flexible);
            }
        }

        r.End();
        return new(correlation, topic, partition, error, offset, appendTime, start, rejected, message, leader, epoch, throttle, endpoints.Trim());
    }
}
