using Confluent.Kafka;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Consumers;

/// <summary>What our producer wrote to embedded brokers is read by Confluent.Kafka, in groups.</summary>
public sealed class ConfluentConsumerTests
{
    private const int Partitions = 4;

    public static TheoryData<CompressionType> Codecs => [.. Enum.GetValues<CompressionType>()];

    [Theory]
    [MemberData(nameof(Codecs))]
    public async Task A_group_reads_each_record_once_and_in_order_whatever_its_codec(CompressionType codec)
    {
        await using var kafka = await StartAsync();
        await Numbers.ProduceAsync(kafka, Partitions, 0, 4000, codec);

        await using var consumer = new Readings(Readings.Config(kafka.BootstrapServers, "readers"), "t");

        await Eventually.TrueAsync(() => consumer.Count >= 4000, () => consumer.Troubles);
        AssertRead(consumer.All, 0, 4000);
        var group = Assert.Single(kafka.Groups);
        Assert.Equal(("readers", EmbeddedGroupState.Stable, "range"), (group.Name, group.State, group.Assignor));
        Assert.Equal((0, null), (kafka.Counters.Malformed, kafka.Counters.FirstMalformed));
    }

    [Fact]
    public async Task A_consumer_that_comes_back_goes_on_where_it_has_committed()
    {
        await using var kafka = await StartAsync();
        await Numbers.ProduceAsync(kafka, Partitions, 0, 400);
        await using (var first = new Readings(Readings.Config(kafka.BootstrapServers, "readers"), "t"))
        {
            await Eventually.TrueAsync(() => first.Count >= 400, () => first.Troubles);
        }

        Assert.All(Enumerable.Range(0, Partitions), partition => Assert.Equal(100, kafka.CommittedOffset("readers", "t", partition)));
        Assert.Equal(EmbeddedGroupState.Empty, Assert.Single(kafka.Groups).State);
        await Numbers.ProduceAsync(kafka, Partitions, 400, 800);
        await using var second = new Readings(Readings.Config(kafka.BootstrapServers, "readers"), "t");
        await Eventually.TrueAsync(() => second.Count >= 400, () => second.Troubles);

        AssertRead(second.All, 400, 800);
    }

    [Theory]
    [InlineData(PartitionAssignmentStrategy.Range)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky)]
    public async Task Members_that_come_and_go_share_the_partitions_and_no_record_is_lost(PartitionAssignmentStrategy strategy)
    {
        await using var kafka = await StartAsync();
        var config = Readings.Config(kafka.BootstrapServers, "readers");
        config.PartitionAssignmentStrategy = strategy;
        var first = new Readings(config, "t");
        await Numbers.ProduceAsync(kafka, Partitions, 0, 2000);
        await Eventually.TrueAsync(() => first.Count >= 1000, () => first.Troubles);

        await using var second = new Readings(config, "t");
        await Eventually.TrueAsync(() => (first.Assigned, second.Assigned) == (2, 2), () => first.Troubles + second.Troubles);
        await Numbers.ProduceAsync(kafka, Partitions, 2000, 4000);
        await Eventually.TrueAsync(() => second.Count >= 500, () => second.Troubles);
        await first.DisposeAsync();
        await Eventually.TrueAsync(() => second.Assigned == Partitions, () => second.Troubles);
        await Numbers.ProduceAsync(kafka, Partitions, 4000, 5000);

        var all = () => first.All.Concat(second.All).Distinct().Count();
        await Eventually.TrueAsync(() => all() == 5000, () => first.Troubles + second.Troubles);

        // Offsets were committed when partitions were handed over, so nothing was read twice either.
        AssertRead([.. first.All, .. second.All], 0, 5000);
        Assert.All([first, second], static one => Assert.All(
            one.All.GroupBy(static read => read.Partition), static read => Assert.Equal(read.Order(), read)));
    }

    [Fact]
    public async Task Who_begins_at_the_end_reads_what_comes_then()
    {
        await using var kafka = await StartAsync();
        await Numbers.ProduceAsync(kafka, Partitions, 0, 400);
        var config = Readings.Config(kafka.BootstrapServers, "late");
        config.AutoOffsetReset = AutoOffsetReset.Latest;
        config.IsolationLevel = IsolationLevel.ReadCommitted;
        await using var consumer = new Readings(config, "t");
        await Eventually.TrueAsync(() => kafka.Counters.Requests(ApiKey.ListOffsets) >= Partitions, () => consumer.Troubles); // one for each

        await Numbers.ProduceAsync(kafka, Partitions, 400, 800);

        await Eventually.TrueAsync(() => consumer.Count >= 400, () => consumer.Troubles);
        AssertRead(consumer.All, 400, 800);
    }

    [Fact]
    public async Task A_member_that_crashes_is_replaced_when_its_session_is_over()
    {
        await using var kafka = await StartAsync(new EmbeddedKafkaOptions { GroupMinSessionTimeout = TimeSpan.FromSeconds(1) });
        var config = Readings.Config(kafka.BootstrapServers, "readers");
        config.SessionTimeoutMs = 1000;
        config.EnableAutoCommit = false;
        var first = new Readings(config, "t");
        await Eventually.TrueAsync(() => first.Assigned == Partitions, () => first.Troubles);
        await using var second = new Readings(config, "t");
        await Eventually.TrueAsync(() => (first.Assigned, second.Assigned) == (2, 2), () => first.Troubles + second.Troubles);

        await first.CrashAsync();

        await Eventually.TrueAsync(() => second.Assigned == Partitions && kafka.Groups.Single().Members.Count == 1, () => second.Troubles);
    }

    [Fact]
    public async Task The_group_goes_on_when_its_coordinator_is_lost()
    {
        await using var kafka = await StartAsync();
        await using var consumer = new Readings(Readings.Config(kafka.BootstrapServers, "readers"), "t");
        await Numbers.ProduceAsync(kafka, Partitions, 0, 400);
        await Eventually.TrueAsync(() => consumer.Count >= 400, () => consumer.Troubles);
        var generation = Assert.Single(kafka.Groups).Generation;

        kafka.Stop(1);
        await Numbers.ProduceAsync(kafka, Partitions, 400, 800);

        await Eventually.TrueAsync(() => consumer.Count >= 800, () => consumer.Troubles);
        AssertRead(consumer.All, 0, 800);
        await consumer.DisposeAsync();
        Assert.All(Enumerable.Range(0, Partitions), partition => Assert.Equal(200, kafka.CommittedOffset("readers", "t", partition)));
        Assert.Equal((EmbeddedGroupState.Empty, generation + 1), (Assert.Single(kafka.Groups).State, Assert.Single(kafka.Groups).Generation));
    }

    [Fact]
    public async Task A_static_member_that_comes_back_in_time_brings_no_rebalance()
    {
        await using var kafka = await StartAsync();
        var config = Readings.Config(kafka.BootstrapServers, "readers");
        var other = new ConsumerConfig(config.ToDictionary()) { GroupInstanceId = "one" };
        await using var staying = new Readings(other, "t");
        await Eventually.TrueAsync(() => staying.Assigned == Partitions, () => staying.Troubles);
        config.GroupInstanceId = "two";
        await using (var leaving = new Readings(config, "t"))
        {
            await Eventually.TrueAsync(() => (staying.Assigned, leaving.Assigned) == (2, 2), () => leaving.Troubles);
        }

        var generation = Assert.Single(kafka.Groups).Generation;
        await using var back = new Readings(config, "t");
        await Eventually.TrueAsync(() => back.Assigned == 2, () => back.Troubles);

        Assert.Equal((generation, 2), (Assert.Single(kafka.Groups).Generation, Assert.Single(kafka.Groups).Members.Count));
        Assert.Equal(2, staying.Assigned);
    }

    [Fact]
    public async Task A_group_reads_the_topics_that_a_pattern_names()
    {
        await using var kafka = await StartAsync();
        kafka.CreateTopic("other");
        await Numbers.ProduceAsync(kafka, Partitions, 0, 400);

        await using var consumer = new Readings(Readings.Config(kafka.BootstrapServers, "readers"), "^t.*");

        await Eventually.TrueAsync(() => consumer.Count >= 400, () => consumer.Troubles);
        AssertRead(consumer.All, 0, 400);
        Assert.Equal((Partitions, 0, null), (consumer.Assigned, kafka.Counters.Malformed, kafka.Counters.FirstMalformed));
    }

    [Fact]
    public async Task An_administrator_sees_all_topics_and_brokers()
    {
        await using var kafka = await StartAsync();
        using var administrator = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = string.Join(',', kafka.BootstrapServers) }).Build();

        var metadata = administrator.GetMetadata(TimeSpan.FromSeconds(60));

        Assert.Equal(("t", Partitions, 3), (Assert.Single(metadata.Topics).Topic, metadata.Topics[0].Partitions.Count, metadata.Brokers.Count));
        Assert.Equal((0, null), (kafka.Counters.Malformed, kafka.Counters.FirstMalformed));
    }

    private static async Task<EmbeddedKafka> StartAsync(EmbeddedKafkaOptions? options = null)
    {
        var kafka = await EmbeddedKafka.StartAsync(brokers: 3, options);
        kafka.CreateTopic("t", Partitions);
        return kafka;
    }

    /// <summary>Each number once, and those of a partition in order.</summary>
    private static void AssertRead(IReadOnlyList<(int Partition, int Number)> read, int from, int to)
    {
        Assert.Equal(Enumerable.Range(from, to - from), read.Select(static one => one.Number).Order());
        Assert.All(read.GroupBy(static one => one.Partition), static one => Assert.Equal(one.Select(static each => each.Number).Order(), one.Select(static each => each.Number)));
    }
}
