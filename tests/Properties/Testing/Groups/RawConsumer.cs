using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Properties.Testing.Groups;

/// <summary>A member of a group byte by byte, in any version of each API; answers are read to their last byte.</summary>
internal sealed class RawConsumer(RawClient client)
{
    private delegate T Reading<out T>(ref WireReader reader, bool flexible);

    public string Id { get; private set; } = "";

    public int Generation { get; private set; } = -1;

    /// <summary>How many bytes are missing at the end of each request; above 0 no answer is expected.</summary>
    public int MissingBytes { get; init; }

    public Task<short> JoinAsync(short version) => AskAsync(ApiKey.JoinGroup, version, (w, flexible) =>
    {
        w.String("g", flexible);
        w.Int32(10_000);
        When(version >= 1, () => w.Int32(20_000));
        w.String(Id, flexible);
        When(version >= 5, () => w.String(null, flexible));
        w.String("consumer", flexible);
        w.Count(1, flexible);
        w.String("range", flexible);
        Bytes(w, [1, 2], flexible);
        w.NoTags(flexible);
        When(version >= 8, () => w.String("a test", flexible));
    }, version >= 2, (ref WireReader r, bool flexible) =>
    {
        var error = r.Int16();
        Generation = r.Int32();
        var type = version >= 7 ? r.NullableString(flexible) : "consumer";
        var protocol = version >= 7 ? r.NullableString(flexible) : r.String(flexible);
        var leader = r.String(flexible);
        Assert.False(version >= 9 && r.Bool());
        Id = r.String(flexible);
        Assert.Equal(error == 0 ? 1 : 0, r.Count(flexible));
        if (error == 0)
        {
            Assert.Equal(("consumer", "range", Id, Id), (type, protocol, leader, r.String(flexible)));
            Assert.Null(version >= 5 ? r.NullableString(flexible) : null);
            Assert.Equal(2, r.Count(flexible));
            Assert.Equal([1, 2], r.Take(2).ToArray());
            r.Tags(flexible);
        }

        return error;
    });

    public Task<byte[]> SyncAsync(short version, byte[] assignment) => AskAsync(ApiKey.SyncGroup, version, (w, flexible) =>
    {
        w.String("g", flexible);
        w.Int32(Generation);
        w.String(Id, flexible);
        When(version >= 3, () => w.String(null, flexible));
        When(version >= 5, () => w.String("consumer", flexible));
        When(version >= 5, () => w.String("range", flexible));
        w.Count(1, flexible);
        w.String(Id, flexible);
        Bytes(w, assignment, flexible);
        w.NoTags(flexible);
    }, version >= 1, (ref WireReader r, bool flexible) =>
    {
        Assert.Equal(0, r.Int16());
        if (version >= 5)
        {
            Assert.Equal(("consumer", "range"), (r.String(flexible), r.String(flexible)));
        }

        return r.Take(r.Count(flexible)).ToArray();
    });

    public Task<short> HeartbeatAsync(short version) => AskAsync(ApiKey.Heartbeat, version, (w, flexible) =>
    {
        w.String("g", flexible);
        w.Int32(Generation);
        w.String(Id, flexible);
        When(version >= 3, () => w.String(null, flexible));
    }, version >= 1, static (ref WireReader r, bool _) => r.Int16());

    public Task<short> CommitAsync(short version, string topic, int partition, long offset) => AskAsync(ApiKey.OffsetCommit, version, (w, flexible) =>
    {
        w.String("g", flexible);
        w.Int32(Generation);
        w.String(Id, flexible);
        When(version >= 7, () => w.String(null, flexible));
        When(version <= 4, () => w.Int64(-1));
        w.Count(1, flexible);
        w.String(topic, flexible);
        w.Count(1, flexible);
        w.Int32(partition);
        w.Int64(offset);
        When(version >= 6, () => w.Int32(3));
        w.String("note", flexible);
        w.NoTags(flexible);
        w.NoTags(flexible);
    }, version >= 3, (ref WireReader r, bool flexible) =>
    {
        Assert.Equal((1, topic, 1, partition), (r.Count(flexible), r.String(flexible), r.Count(flexible), r.Int32()));
        var error = r.Int16();
        r.Tags(flexible);
        r.Tags(flexible);
        return error;
    });

    /// <summary>The offset of a partition, asked for by name or, without a partition, among all.</summary>
    public Task<(long Offset, string? Note)> CommittedAsync(short version, string topic, int? partition) => AskAsync(ApiKey.OffsetFetch, version, (w, flexible) =>
    {
        When(version >= 8, () => w.Count(1, flexible));
        w.String("g", flexible);
        w.Count(partition is null ? -1 : 1, flexible);
        When(partition is not null, () =>
        {
            w.String(topic, flexible);
            w.Int32Array([partition!.Value], flexible);
            w.NoTags(flexible);
        });
        When(version >= 8, () => w.NoTags(flexible));
        When(version >= 7, () => w.Bool(true));
    }, version >= 3, (ref WireReader r, bool flexible) =>
    {
        Assert.True(version < 8 || (r.Count(flexible) == 1 && r.String(flexible) == "g"));
        Assert.Equal((1, topic, 1, partition ?? 0), (r.Count(flexible), r.String(flexible), r.Count(flexible), r.Int32()));
        var offset = r.Int64();
        Assert.True(version < 5 || r.Int32() is 3 or -1);
        var note = r.NullableString(flexible);
        Assert.Equal(0, r.Int16());
        r.Tags(flexible);
        r.Tags(flexible);
        Assert.True(version < 2 || r.Int16() == 0);
        if (version >= 8)
        {
            r.Tags(flexible);
        }

        return (offset, note);
    });

    public Task<short> LeaveAsync(short version) => AskAsync(ApiKey.LeaveGroup, version, (w, flexible) =>
    {
        w.String("g", flexible);
        When(version >= 3, () => w.Count(1, flexible));
        w.String(Id, flexible);
        When(version >= 3, () => w.String(null, flexible));
        When(version >= 5, () => w.String("done", flexible));
        When(version >= 3, () => w.NoTags(flexible));
    }, version >= 1, (ref WireReader r, bool flexible) =>
    {
        var error = r.Int16();
        if (version >= 3)
        {
            Assert.Equal((1, Id), (r.Count(flexible), r.String(flexible)));
            Assert.Null(r.NullableString(flexible));
            error = r.Int16();
            r.Tags(flexible);
        }

        return error;
    });

    private static void When(bool condition, Action write)
    {
        if (condition)
        {
            write();
        }
    }

    private static void Bytes(WireWriter writer, byte[] bytes, bool flexible)
    {
        writer.Count(bytes.Length, flexible);
        writer.Raw(bytes);
    }

    private async Task<T> AskAsync<T>(ApiKey key, short version, Action<WireWriter, bool> write, bool isThrottled, Reading<T> read)
    {
        var flexible = Apis.IsFlexible(key, version);
        var frame = await client.AskAsync(key, version, w =>
        {
            var start = w.Length;
            write(w, flexible);
            w.NoTags(flexible);
            w.Rewind(Math.Max(start, w.Length - MissingBytes));
        });
        Assert.Equal(MissingBytes > 0, frame is null);
        return frame is null ? default! : Read(frame, flexible, isThrottled, read);
    }

    private static T Read<T>(byte[] frame, bool flexible, bool isThrottled, Reading<T> read)
    {
        var reader = new WireReader(frame);
        reader.Int32(); // CorrelationId
        reader.Tags(flexible);
        if (isThrottled)
        {
            Assert.Equal(0, reader.Int32());
        }

        var result = read(ref reader, flexible);
        reader.Tags(flexible);
        reader.End();
        return result;
    }
}
