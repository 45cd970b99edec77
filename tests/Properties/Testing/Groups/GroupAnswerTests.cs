using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Properties.Testing.Groups;

/// <summary>What consumers ask of brokers, on the wire and in virtual time.</summary>
public sealed class GroupAnswerTests
{
    /// <summary>How far below its highest version each API is asked.</summary>
    public static TheoryData<int> Steps => [.. Enumerable.Range(0, 10)];

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_member_joins_commits_and_leaves_in_every_version(int below) => Run(async (simulation, kafka) =>
    {
        var member = new RawConsumer(await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]));
        var join = Version(ApiKey.JoinGroup, below);
        if (join >= 4)
        {
            Assert.Equal(79, await member.JoinAsync(join));
        }

        Assert.Equal(0, await member.JoinAsync(join));
        Assert.Equal([7, 8, 9], await member.SyncAsync(Version(ApiKey.SyncGroup, below), [7, 8, 9]));
        Assert.Equal(0, await member.HeartbeatAsync(Version(ApiKey.Heartbeat, below)));
        Assert.Equal((-1, ""), await member.CommittedAsync(Version(ApiKey.OffsetFetch, below), "t", 0));
        Assert.Equal(0, await member.CommitAsync(Version(ApiKey.OffsetCommit, below), "t", 0, 42));
        Assert.Equal(3, await member.CommitAsync(Version(ApiKey.OffsetCommit, below), "t", 99, 42));
        Assert.Equal((42, "note"), await member.CommittedAsync(Version(ApiKey.OffsetFetch, below), "t", 0));
        if (Version(ApiKey.OffsetFetch, below) >= 2)
        {
            Assert.Equal((42, "note"), await member.CommittedAsync(Version(ApiKey.OffsetFetch, below), "t", null));
        }

        Assert.Equal(42, kafka.CommittedOffset("g", "t", 0));
        Assert.Null(kafka.CommittedOffset("g", "t", 1));
        Assert.Equal(new EmbeddedGroup("g", EmbeddedGroupState.Stable, 1, "range", []), Assert.Single(kafka.Groups) with { Members = [] });
        Assert.Equal(0, await member.LeaveAsync(Version(ApiKey.LeaveGroup, below)));
        Assert.Equal(25, await member.HeartbeatAsync(Version(ApiKey.Heartbeat, below)));
        Assert.Equal(EmbeddedGroupState.Empty, Assert.Single(kafka.Groups).State);
        Assert.Equal((0, null), (kafka.Counters.Malformed, kafka.Counters.FirstMalformed));
    });

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_request_that_is_cut_short_ends_its_connection_and_nothing_else(int below) => Run(async (simulation, kafka) =>
    {
        Func<RawConsumer, Task>[] requests =
        [
            member => member.JoinAsync(Version(ApiKey.JoinGroup, below)),
            member => member.SyncAsync(Version(ApiKey.SyncGroup, below), [1, 2, 3]),
            member => member.HeartbeatAsync(Version(ApiKey.Heartbeat, below)),
            member => member.LeaveAsync(Version(ApiKey.LeaveGroup, below)),
            member => member.CommitAsync(Version(ApiKey.OffsetCommit, below), "t", 0, 1),
            member => member.CommittedAsync(Version(ApiKey.OffsetFetch, below), "t", 0),
        ];
        foreach (var (ask, missing) in requests.SelectMany(static ask => Enumerable.Range(1, 60).Select(missing => (ask, missing))))
        {
            await ask(new RawConsumer(await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0])) { MissingBytes = missing });
        }

        Assert.Equal(requests.Length * 60, kafka.Counters.Malformed);
        Assert.Empty(kafka.Groups);
    });

    [Fact]
    public void Only_the_coordinator_answers_and_the_next_one_knows_what_it_knew() => Run(async (simulation, kafka) =>
    {
        var member = new RawConsumer(await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]));
        Assert.Equal(79, await member.JoinAsync(9));
        Assert.Equal(0, await member.JoinAsync(9));
        Assert.Equal([1], await member.SyncAsync(5, [1]));
        var (id, generation) = (member.Id, member.Generation);

        var elsewhere = new RawConsumer(await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[1]));
        Assert.Equal(16, await elsewhere.JoinAsync(9));
        Assert.Equal(16, await elsewhere.HeartbeatAsync(4));

        kafka.Stop(1);
        Assert.Equal(79, await elsewhere.JoinAsync(9));
        Assert.Equal((id, generation), (Assert.Single(Assert.Single(kafka.Groups).Members), Assert.Single(kafka.Groups).Generation));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_member_outlives_an_hour_without_brokers(bool elect) => Run(async (simulation, kafka) =>
    {
        var member = new RawConsumer(await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]));
        Assert.Equal(79, await member.JoinAsync(9));
        Assert.Equal(0, await member.JoinAsync(9));
        Assert.Equal([1], await member.SyncAsync(5, [1]));

        kafka.Stop(2, elect);
        kafka.Stop(1, elect);
        await Task.Delay(TimeSpan.FromHours(1), simulation.Time);
        Assert.Equal([member.Id], Assert.Single(kafka.Groups).Members);
        kafka.Restart(1);
        await Task.Delay(TimeSpan.FromSeconds(9), simulation.Time); // its session is 10 s
        Assert.Equal([member.Id], Assert.Single(kafka.Groups).Members);
        await Task.Delay(TimeSpan.FromSeconds(2), simulation.Time);
        Assert.Empty(Assert.Single(kafka.Groups).Members);
    });

    [Fact]
    public void A_fault_of_Fetch_is_told_by_partition_and_without_records() => Run(async (simulation, kafka) =>
    {
        var client = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]);
        var batch = RawBatch.Make();
        await client.ProduceAsync(9, -1, "t", 0, batch);
        kafka.Faults.On(ApiKey.Fetch).Fail(6).Times(1);
        var other = kafka.Faults.On(ApiKey.Fetch).Partition(1).Fail(6);
        foreach (var expected in new[] { -6, batch.Length })
        {
            await FetchAsync(client, 0, minBytes: 1);
            Assert.Equal(expected, await RecordBytesAsync(client));
        }

        Assert.Equal(0, other.Hits);
    });

    [Fact]
    public void A_fault_is_answered_and_the_group_hears_nothing() => Run(async (simulation, kafka) =>
    {
        kafka.Faults.On(ApiKey.JoinGroup).Fail(15).Times(1);
        var member = new RawConsumer(await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]));
        Assert.Equal(15, await member.JoinAsync(9));
        Assert.Empty(kafka.Groups);
    });

    [Fact]
    public void A_Fetch_is_answered_as_soon_as_a_record_comes_and_else_after_its_time() => Run(async (simulation, kafka) =>
    {
        var producer = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]);
        var consumer = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]);
        await FetchAsync(consumer, 0, minBytes: 1);
        Assert.Equal(0, await RecordBytesAsync(consumer));
        Assert.Equal(TimeSpan.FromSeconds(10), simulation.Time.Elapsed);

        await FetchAsync(consumer, 0, minBytes: 1);
        await Task.Delay(TimeSpan.FromSeconds(3), simulation.Time);
        var batch = RawBatch.Make();
        await producer.ProduceAsync(9, -1, "t", 0, batch);
        Assert.Equal(batch.Length, await RecordBytesAsync(consumer));
        Assert.Equal(TimeSpan.FromSeconds(13), simulation.Time.Elapsed);

        // Half of what it wants is there already, the other half comes later.
        await FetchAsync(consumer, 0, minBytes: 2 * batch.Length);
        await Task.Delay(TimeSpan.FromSeconds(2), simulation.Time);
        await producer.ProduceAsync(9, -1, "t", 0, batch);
        Assert.Equal(2 * batch.Length, await RecordBytesAsync(consumer));
        Assert.Equal(TimeSpan.FromSeconds(15), simulation.Time.Elapsed);

        await FetchAsync(consumer, 0, minBytes: 2 * batch.Length, maxBytes: batch.Length);
        Assert.Equal(batch.Length, await RecordBytesAsync(consumer));
        await FetchAsync(consumer, 1, minBytes: 1, maxBytes: 1); // a batch that is larger than granted comes all the same
        Assert.Equal(batch.Length, await RecordBytesAsync(consumer));
        Assert.Equal(TimeSpan.FromSeconds(15), simulation.Time.Elapsed);
    });

    [Fact]
    public void A_Fetch_that_waits_hears_of_another_leader_and_of_the_end_of_its_topic() => Run(async (simulation, kafka) =>
    {
        var consumer = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]);
        await FetchAsync(consumer, 0, minBytes: 1);
        await Task.Delay(TimeSpan.FromSeconds(1), simulation.Time);
        kafka.MoveLeader("t", 0, 2);
        Assert.Equal(-6, await RecordBytesAsync(consumer));
        kafka.MoveLeader("t", 0, 1);
        await FetchAsync(consumer, 0, minBytes: 1);
        await Task.Delay(TimeSpan.FromSeconds(1), simulation.Time);
        kafka.DeleteTopic("t");
        Assert.Equal(-3, await RecordBytesAsync(consumer));
        Assert.Equal(TimeSpan.FromSeconds(2), simulation.Time.Elapsed);
    });

    [Fact]
    public void A_time_finds_the_first_record_that_is_not_older() => Run(async (simulation, kafka) =>
    {
        var client = await RawClient.ConnectAsync(simulation.Transport, kafka.BootstrapServers[0]);
        await client.ProduceAsync(9, -1, "t", 0, RawBatch.Make(3, timestamp: 1000));
        await client.ProduceAsync(9, -1, "t", 0, RawBatch.Make(3, timestamp: 2000));
        foreach (var (time, expected) in new[] { (0, (1000, 0)), (1001, (1001, 1)), (1003, (2000, 3)), (2002, (2002, 5)), (2003, (-1, -1)), (-1, (-1, 6)), (-2, (-1, 0)), (-3, (2002, 5)) })
        {
            Assert.Equal(expected, await OffsetAsync(client, time));
        }
    });

    private static async Task<(int Time, int Offset)> OffsetAsync(RawClient client, long time)
    {
        var frame = await client.AskAsync(ApiKey.ListOffsets, 5, w =>
        {
            w.Int32(-1);
            w.Int8(0);
            w.Count(1, flexible: false);
            w.String("t", flexible: false);
            w.Count(1, flexible: false);
            w.Int32(0);
            w.Int32(-1);
            w.Int64(time);
        });
        var reader = new WireReader(frame);
        reader.Take(4 + 4 + 4 + 3 + 4 + 4); // correlation, throttle, one topic, its name, one partition, its number
        Assert.Equal(0, reader.Int16());
        return ((int)reader.Int64(), (int)reader.Int64());
    }

    private static Task FetchAsync(RawClient client, long offset, int minBytes, int maxBytes = 1 << 20) => client.SendAsync(ApiKey.Fetch, 11, w =>
    {
        w.Int32(-1);
        w.Int32(10_000);
        w.Int32(minBytes);
        w.Int32(maxBytes);
        w.Int8(1);
        w.Int32(0);
        w.Int32(-1);
        w.Count(1, flexible: false);
        w.String("t", flexible: false);
        w.Count(1, flexible: false);
        w.Int32(0);
        w.Int32(-1);
        w.Int64(offset);
        w.Int64(-1);
        w.Int32(maxBytes);
        w.Count(0, flexible: false);
        w.String("", flexible: false);
    });

    /// <summary>How many bytes of records came; a partition's error as a negative number.</summary>
    private static async Task<int> RecordBytesAsync(RawClient client)
    {
        var reader = new WireReader(await client.ReceiveAsync());
        reader.Take(4 + 4 + 2 + 4); // correlation, throttle, error, session
        reader.Take(4 + 3 + 4 + 4); // one topic, its name, one partition, its number
        var error = reader.Int16();
        reader.Take(8 + 8 + 8); // high watermark, last stable offset, start
        Assert.Equal(0, reader.Count(flexible: false)); // aborted transactions, as it reads committed ones
        reader.Take(4); // preferred replica
        var bytes = reader.Count(flexible: false);
        reader.Take(bytes);
        reader.End();
        return error == 0 ? bytes : -error;
    }

    private static short Version(ApiKey key, int below)
    {
        var range = Apis.Defaults()[key];
        return (short)Math.Max(range.Minimum, range.Maximum - below);
    }

    private static void Run(Func<Simulation, EmbeddedKafka, Task> body)
    {
        using var simulation = new Simulation(42);
        var kafka = simulation.StartKafka(brokers: 2);
        kafka.CreateTopic("t", 2);
        simulation.Run(() => body(simulation, kafka));
    }
}
