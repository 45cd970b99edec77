using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What becomes of records that cannot be accepted at once, or at all: exact in virtual time (design 4.3).</summary>
public class AdmissionTests
{
    private const double MaxBlock = 60_000;

    public static TheoryData<int> Ways => [(int)StepKind.Send, (int)StepKind.Enqueue, (int)StepKind.OnNext];

    // K8
    [Theory]
    [MemberData(nameof(Ways))]
    public void A_topic_that_nobody_creates_is_unknown_at_max_block(int way) => ProducerWorld.Run(
        async world =>
        {
            var (error, _, took) = await world.SendAsync(new Record("nowhere", "v"), (StepKind)way);
            Assert.Equal((ProduceErrorCode.TopicUnknown, Persistence.NotPersisted, (short?)3), (error!.Code, error.Persistence, error.BrokerErrorCode));
            Assert.Equal(MaxBlock, took);
        },
        brokers: new EmbeddedKafkaOptions { AutoCreateTopics = false });

    [Theory]
    [MemberData(nameof(Ways))]
    public void Without_brokers_metadata_times_out_at_max_block(int way) => ProducerWorld.Run(async world =>
    {
        world.Kafka.Stop(1);
        var (error, _, took) = await world.SendAsync(new Record("t", "v"), (StepKind)way);
        Assert.Equal((ProduceErrorCode.MetadataTimeout, Persistence.NotPersisted), (error!.Code, error.Persistence));
        Assert.Contains("broker-1:9092", error.Message, StringComparison.Ordinal);
        Assert.Equal(MaxBlock, took);
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_topic_is_created_by_its_first_record(int way) => ProducerWorld.Run(
        async world =>
        {
            var (error, metadata, _) = await world.SendAsync(new Record("new", "k", "v"), (StepKind)way);
            Assert.Null(error);
            Assert.Equal(0, metadata.Offset);
            Assert.Equal(3, (await world.Producer.GetPartitionsAsync("new")).Count);
            Assert.Equal("v", Assert.Single(world.Kafka.ReadLog("new")).ValueText);
        },
        brokers: new EmbeddedKafkaOptions { DefaultPartitions = 3 });

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_topic_that_comes_late_gets_its_records(int way) => ProducerWorld.Run(
        async world =>
        {
            var sending = world.SendAsync(new Record("late", "v"), (StepKind)way);
            await world.Delay(30_000);
            world.Kafka.CreateTopic("late");
            var (error, metadata, took) = await sending;
            Assert.Null(error);
            Assert.Equal(0, metadata.Offset);
            Assert.InRange(took, 30_000, 32_000);
        },
        brokers: new EmbeddedKafkaOptions { AutoCreateTopics = false });

    [Fact]
    public void Records_that_wait_for_a_topic_hold_up_no_other_topic() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            var waiting = world.Producer.SendAsync(new Record("nowhere", "v")).AsTask();
            var blocked = ProducerWorld.Start(() => world.Producer.OnNext(new Record("nowhere", "v")));
            await world.Delay(1);
            var (error, _, took) = await world.SendAsync(new Record("t", "v"), StepKind.Send);
            Assert.Null(error);
            Assert.Equal(0, took);
            Assert.False(waiting.IsCompleted);
            await Assert.ThrowsAsync<KafkaProduceException>(() => waiting);
            await blocked;
        },
        brokers: new EmbeddedKafkaOptions { AutoCreateTopics = false });

    // K9
    [Fact]
    public void The_partitions_of_a_topic_that_nobody_creates_are_waited_for_until_max_block() => ProducerWorld.Run(
        async world =>
        {
            Assert.Throws<ArgumentNullException>(() => { _ = world.Producer.GetPartitionsAsync(null!); });
            var error = await Assert.ThrowsAnyAsync<KafkaException>(() => world.Producer.GetPartitionsAsync("nowhere").AsTask());
            Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
            Assert.Equal(MaxBlock, world.Now.TotalMilliseconds);
        },
        brokers: new EmbeddedKafkaOptions { AutoCreateTopics = false });

    // K8, K9: what is known is told without asking; of a topic that was idle too long nothing is known.
    [Fact]
    public void A_topic_that_was_idle_is_asked_for_again() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 2);
            Assert.Equal(2, (await world.Producer.GetPartitionsAsync("t")).Count);
            await world.Delay(31_000);
            world.Kafka.DeleteTopic("t");
            world.Kafka.CreateTopic("t", 3);
            var asked = world.Kafka.Counters.Requests(ApiKey.Metadata);
            Assert.Equal(3, (await world.Producer.GetPartitionsAsync("t")).Count);
            Assert.Equal(3, (await world.Producer.GetPartitionsAsync("t")).Count);
            Assert.Equal(asked + 1, world.Kafka.Counters.Requests(ApiKey.Metadata));
            await world.Succeed("v", 2);
        },
        configure: static options => (options.MetadataMaxAge, options.MetadataMaxIdle) = (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5)));

    // K18
    [Theory]
    [MemberData(nameof(Ways))]
    public void An_invalid_topic_is_refused_at_once(int way) => ProducerWorld.Run(async world =>
    {
        for (var i = 0; i < 2; i++)
        {
            var (error, _, took) = await world.SendAsync(new Record("no good", "v"), (StepKind)way);
            Assert.Equal((ProduceErrorCode.TopicUnknown, (short?)17, Persistence.NotPersisted), (error!.Code, error.BrokerErrorCode, error.Persistence));
            Assert.Equal(0, took);
        }
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_forbidden_topic_is_refused_at_once_until_it_is_allowed(int way) => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("secret");
        var rule = world.Kafka.Faults.On(ApiKey.Metadata).Topic("secret").Fail(29);
        for (var i = 0; i < 3; i++)
        {
            var (error, _, took) = await world.SendAsync(new Record("secret", "v"), (StepKind)way);
            Assert.Equal((ProduceErrorCode.Authorization, (short?)29, Persistence.NotPersisted), (error!.Code, error.BrokerErrorCode, error.Persistence));
            Assert.Equal(0, took);
            await world.Delay(3000);
        }

        rule.Remove();
        var refused = await world.SendAsync(new Record("secret", "v"), (StepKind)way);
        await world.Delay(3000);
        var allowed = await world.SendAsync(new Record("secret", "v"), (StepKind)way);
        Assert.Null(allowed.Error);
        Assert.True(refused.Milliseconds < 3000);
    });

    // Its partitions are known, so nothing has to wait; but nobody may write to them any more.
    [Theory]
    [MemberData(nameof(Ways))]
    public void A_topic_in_use_that_is_forbidden_is_refused_at_once_until_it_is_allowed(int way) => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("secret");
        Assert.Null((await Send()).Error);
        var rule = world.Kafka.Faults.On(ApiKey.Metadata).Topic("secret").Fail(29);
        var sent = await Send();
        for (var minutes = 0; minutes < 6 && sent.Error is null; minutes++)
        {
            await world.Delay(60_000);
            sent = await Send();
        }

        Assert.Equal((ProduceErrorCode.Authorization, (short?)29, 0d), (sent.Error?.Code, sent.Error?.BrokerErrorCode, sent.Milliseconds));
        rule.Remove();
        await world.Delay(2000);
        Assert.Null((await Send()).Error);

        Task<(ProduceError? Error, RecordMetadata Metadata, double Milliseconds)> Send() => world.SendAsync(new Record("secret", "v"), (StepKind)way);
    });

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_partition_that_does_not_exist_is_refused_after_one_look(int way) => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("t", 2);
        var (error, _, took) = await world.SendAsync(new Record("t", "v") { Partition = 2 }, (StepKind)way);
        Assert.Equal((ProduceErrorCode.InvalidRecord, Persistence.NotPersisted), (error!.Code, error.Persistence));
        Assert.Contains("2 partition(s)", error.Message, StringComparison.Ordinal);
        Assert.InRange(took, 0, 1200);
        Assert.Null((await world.SendAsync(new Record("t", "v") { Partition = 1 }, (StepKind)way)).Error);
    });

    // L20: whatever is wrong with it, OnNext does not throw.
    [Theory]
    [Law("L20")]
    [MemberData(nameof(Ways))]
    public void A_record_that_is_none_fails_as_invalid(int way) => ProducerWorld.Run(async world =>
    {
        Assert.Equal(ProduceErrorCode.InvalidRecord, (await world.SendAsync(default, (StepKind)way)).Error!.Code);
        Assert.Equal(ProduceErrorCode.InvalidRecord, (await world.SendAsync(new Record("", "v"), (StepKind)way)).Error!.Code);
        Assert.Equal(ProduceErrorCode.RecordTooLarge, (await world.SendAsync(new Record("t", new byte[2_000_000]), (StepKind)way)).Error!.Code);
    });

    // L19, exact, on every sink, and in the order of arrival.
    [Theory]
    [Law("L19")]
    [MemberData(nameof(Ways))]
    public void A_full_memory_fails_records_at_max_block(int way) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.AcceptAndNeverAnswer(1);
            var accepted = new List<Task>();
            for (var i = 0; i < 3; i++)
            {
                accepted.Add(await Fill(world));
            }

            var full = world.SendAsync(new Record("t", new byte[3000]) { Partition = 0 }, (StepKind)way);
            var (error, _, took) = await full;
            Assert.Equal((ProduceErrorCode.BufferFull, Persistence.NotPersisted), (error!.Code, error.Persistence));
            Assert.Equal(500, took);
        },
        new Setup { BufferMemory = 8192, BatchSize = 1000, MaxBlockMs = 500 });

    private static async Task<Task> Fill(ProducerWorld world)
    {
        try
        {
            return await world.Producer.EnqueueAsync(new Record("t", new byte[2000]) { Partition = 0 });
        }
        catch (KafkaProduceException)
        {
            return Task.CompletedTask;
        }
    }

    // L45 without a leader: from the acceptance of the batch's first record.
    [Theory]
    [Law("L45")]
    [MemberData(nameof(Ways))]
    public void A_partition_without_leader_fails_its_records_at_the_delivery_timeout(int way) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            world.Kafka.MoveLeader("t", 0, -1);
            await world.Producer.GetPartitionsAsync("t");
            var (error, _, took) = await world.SendAsync(new Record("t", "v") { Partition = 0 }, (StepKind)way);
            Assert.Equal((ProduceErrorCode.DeliveryTimeout, Persistence.NotPersisted), (error!.Code, error.Persistence));
            Assert.Contains("no leader", error.Message, StringComparison.Ordinal);
            Assert.Equal(7000, took);
        },
        new Setup { DeliveryTimeoutMs = 7000 });

    [Fact]
    public void A_leader_that_comes_back_takes_what_waited() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            world.Kafka.MoveLeader("t", 0, -1);
            var sending = world.SendAsync(new Record("t", "v") { Partition = 0 }, StepKind.Send);
            await world.Delay(5000);
            world.Kafka.MoveLeader("t", 0, 1);
            var (error, _, took) = await sending;
            Assert.Null(error);
            Assert.InRange(took, 5000, 6500);
        },
        new Setup { DeliveryTimeoutMs = 7000 });

    // L18: withdrawn at the instant, and the next in line moves up.
    [Theory]
    [Law("L18")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_cancelled_record_in_line_is_withdrawn_at_once(bool enqueue) => ProducerWorld.Run(
        async world =>
        {
            using var cancel = new CancellationTokenSource();
            Task first = enqueue
                ? world.Producer.EnqueueAsync(new Record("late", "first"), cancel.Token).AsTask()
                : world.Producer.SendAsync(new Record("late", "first"), cancel.Token).AsTask();
            var second = world.Producer.SendAsync(new Record("late", "second")).AsTask();
            await world.Delay(10);
            Assert.False(first.IsCompleted);
            cancel.Cancel();
            var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
            Assert.Equal(cancel.Token, e.CancellationToken);
            Assert.Equal(10, world.Now.TotalMilliseconds);
            world.Kafka.CreateTopic("late");
            await second;
            Assert.Equal("second", Assert.Single(world.Kafka.ReadLog("late")).ValueText);
        },
        brokers: new EmbeddedKafkaOptions { AutoCreateTopics = false });
}
