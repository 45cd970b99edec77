using Rx.Kafka.Properties.Network.Scripted;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Produce answers that say less, more or something else than was asked; what a broker says in words (S2, S10; design 4.7).</summary>
public class PartialAnswerTests
{
    private const int UnaskedPartitions = 308;
    private static readonly Setup EachRecordAlone = new() { BatchSize = 0 };

    // As if nobody had answered for it: sent again under its numbers, so that it is there once. The other one has its outcome.
    [Fact]
    public void A_partition_missing_from_an_answer_is_sent_again() => Run(
        async (world, network) =>
        {
            await Task.WhenAll(world.SendEach(0, "warm").Concat(world.SendEach(1, "warm")));
            var requests = world.Kafka.Counters.Requests(ApiKey.Produce);
            Once(network, static request => request.Batches.Count == 2, ("t", 1, 0, 1));
            var outcomes = await Task.WhenAll(world.SendEach(0, "missing").Concat(world.SendEach(1, "answered")));
            Assert.All(outcomes, static outcome => Assert.Null(outcome.Error));
            Assert.Equal(1, outcomes[0].Metadata.Offset);
            Assert.InRange(outcomes[0].Milliseconds, 80, 121);
            Assert.Equal(0, outcomes[1].Milliseconds);
            Assert.Equal(requests + 2, world.Kafka.Counters.Requests(ApiKey.Produce));
            Assert.Equal(1, world.Kafka.Counters.Duplicates);
            Assert.Equal([["warm", "missing"], ["warm", "answered"]], [world.Log(0), world.Log(1)]);
        });

    [Fact]
    public void An_answer_that_names_nothing_loses_and_doubles_nothing() => Run(async (world, network) =>
    {
        Once(network, static _ => true);
        Assert.All(await Task.WhenAll(world.SendEach(0, "0", "1", "2")), static outcome => Assert.Null(outcome.Error));
        Assert.Equal(["0", "1", "2"], world.Log());
    });

    // Another partition of the topic, one beyond its end, and another topic.
    [Fact]
    public void A_partition_never_asked_for_is_passed_over() => Run(async (world, network) =>
    {
        await world.Succeed("first");
        var connections = world.Simulation.Network.ConnectionsOpened;
        Once(network, static _ => true, ("other", 0, 87, -1), ("t", 1, 87, -1), ("t", 7, 6, -1), ("t", -1, 87, -1), ("t", 0, 0, 1));
        Assert.Equal(1, (await world.Succeed("second")).Offset);
        await world.Succeed("other partition", 1);
        Assert.Equal(["first", "second"], world.Log());
        Assert.Equal(connections, world.Simulation.Network.ConnectionsOpened);
    });

    // What a broker calls a topic goes into the log: its start, in one line.
    [Fact]
    public void A_partition_never_asked_for_is_named_in_one_line()
    {
        using var logs = new EventLog();
        Run(
            async (world, network) =>
            {
                Once(network, static _ => true, ("evil\n2026-12-01 ERROR " + new string('x', 100_000), 3, 0, -1), ("t", 0, 0, 0));
                await world.Succeed("v");
            },
            logs: logs);
        var line = Assert.Single(logs.Events, static e => e.Id == UnaskedPartitions).Text;
        Assert.Contains("evil 2026-12-01 ERROR xxx", line, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 200, 500);
    }

    // Each one is looked for in the request, on the read loop.
    [Fact]
    public void An_answer_for_far_more_partitions_than_were_asked_for_ends_the_connection() => Run(async (world, network) =>
    {
        await world.Succeed("first");
        var connections = world.Simulation.Network.ConnectionsOpened;
        Once(network, static _ => true, [.. Enumerable.Range(0, 1001).Select(static i => ("t", 7 + i, 0, 0L)), ("t", 0, 0, 1)]);
        Assert.Equal(1, (await world.Succeed("second")).Offset);
        Assert.Equal(["first", "second"], world.Log());
        Assert.Equal(connections + 1, world.Simulation.Network.ConnectionsOpened);
    });

    // Design 4.7: whatever the code says of absence, an offset says that something was written.
    [Theory]
    [InlineData(-1, Persistence.NotPersisted)]
    [InlineData(0, Persistence.PossiblyPersisted)]
    public void An_error_with_an_offset_proves_no_absence(long baseOffset, Persistence expected) => Run(async (world, network) =>
    {
        Once(network, static _ => true, ("t", 0, 87, baseOffset));
        Assert.Equal(expected, (await world.SendEach(0, "v")[0]).Error!.Persistence);
    });

    // S10: the broker's own words where it gives some (Produce 8 and later), else the table's.
    [Theory]
    [InlineData(12, "A fault of the test.")]
    [InlineData(7, "request")]
    public void A_refusal_is_told_in_the_brokers_words(short version, string words) => Run(
        async (world, _) =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).Fail(42).Times(1);
            var error = (await world.SendEach(0, "v")[0]).Error!;
            Assert.Contains("INVALID_REQUEST", error.Message, StringComparison.Ordinal);
            Assert.Contains(words, error.Message, StringComparison.OrdinalIgnoreCase);
        },
        EachRecordAlone with { ProduceVersion = version });

    // S2: as many attempts as allowed, and one lost answer is one attempt.
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void What_was_lost_as_often_as_may_be_fails(int losses, bool succeeds) => Run(
        async (world, _) =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: false).Times(losses);
            var (error, metadata, _) = await world.SendEach(0, "v")[0];
            Assert.Equal(2, world.Kafka.Counters.Requests(ApiKey.Produce));
            if (succeeds)
            {
                Assert.Equal(0, metadata.Offset);
                return;
            }

            Assert.Equal((ProduceErrorCode.Broker, Persistence.PossiblyPersisted), (error!.Code, error.Persistence));
            Assert.Contains("No retries are left (Retries = 1)", error.Message, StringComparison.Ordinal);
            await world.Succeed("later");
            Assert.Equal([(1000, 1, 0)], world.Numbers());
        },
        configure: static options => options.Retries = 1);

    /// <summary>Replaces one answer to a Produce request.</summary>
    private static void Once(AlteredNetwork network, Func<ReceivedRequest, bool> which, params (string Topic, int Partition, int Error, long BaseOffset)[] answers)
    {
        var left = 1;
        network.Answer = (request, _) => request.Key == ApiKey.Produce && which(request) && left-- > 0 ? Body(answers) : null;
    }

    /// <summary>The body of a Produce 12 answer.</summary>
    private static byte[] Body((string Topic, int Partition, int Error, long BaseOffset)[] answers)
    {
        var wire = new Wire();
        return wire.Each(answers, compact: true, topic => wire.Text(topic.Topic, compact: true).Each([topic], compact: true, partition => wire
                .I32(partition.Partition).I16(partition.Error).I64(partition.BaseOffset).I64(-1).I64(0)
                .Count(0, compact: true).Text(null, compact: true).Tags(compact: true)).Tags(compact: true))
            .I32(0).Tags(compact: true).ToArray();
    }

    private static void Run(Func<ProducerWorld, AlteredNetwork, Task> body, Setup? setup = null, Action<KafkaProducerOptions>? configure = null, EventLog? logs = null)
    {
        setup ??= EachRecordAlone;
        var network = new AlteredNetwork();
        var brokers = new EmbeddedKafkaOptions();
        brokers.Apis[ApiKey.Produce] = new ApiRange(3, setup.ProduceVersion);
        network.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t", 2);
                await world.Producer.GetPartitionsAsync("t");
                await body(world, network);
            },
            setup,
            brokers,
            configure,
            logs);
    }
}
