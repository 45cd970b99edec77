using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Compressed batches on their way: what a broker or a topic does not take goes otherwise, and no record is lost (design 4.6).</summary>
public sealed class CompressionTests
{
    private static readonly string[] Values = [.. Enumerable.Range(0, 20).Select(static i => new string((char)('a' + i), 200))];

    [Fact]
    public void A_batch_whose_codec_the_topic_refuses_goes_plain_and_later_ones_take_the_next_codec()
    {
        var logs = new EventLog();
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                world.Kafka.Faults.On(ApiKey.Produce).Times(1).Fail(76);
                await world.Succeed(Values[0]);
                await world.Succeed(Values[1]);
                Assert.Equal([Values[0], Values[1]], world.Log());
                Assert.Equal([CompressionType.None, CompressionType.Gzip], Codecs(world));
            },
            configure: static options => options.Compression = Compression.Zstd.Or(Compression.Gzip),
            logs: logs);
        Assert.Single(logs.Events, static e => e.Id == 316);
    }

    [Fact]
    public void Zstd_is_not_sent_to_a_broker_that_is_too_old_for_it()
    {
        var brokers = new EmbeddedKafkaOptions { AutoCreateTopics = false };
        brokers.Apis[ApiKey.Produce] = new ApiRange(3, 6);
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                await world.Succeed(Values[0]);
                await world.Succeed(Values[1]);
                Assert.Equal([CompressionType.None, CompressionType.Gzip], Codecs(world));
            },
            brokers: brokers,
            configure: static options => options.Compression = Compression.Zstd.Or(Compression.Gzip));
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                var (error, _, _) = await world.SendEach(0, Values[0])[0];
                Assert.Equal((ProduceErrorCode.Broker, Persistence.NotPersisted, (short?)76), (error!.Code, error.Persistence, error.BrokerErrorCode));
                Assert.Contains("Compression.Zstd.Or(Compression.Lz4)", error.Message, StringComparison.Ordinal);
                Assert.Empty(world.Log());
            },
            brokers: brokers,
            configure: static options => options.Compression = Compression.Zstd);
    }

    [Fact]
    public void Without_another_codec_the_refusal_is_the_outcome() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            world.Kafka.Faults.On(ApiKey.Produce).Times(1).Fail(76);
            var (error, _, _) = await world.SendEach(0, Values[0])[0];
            Assert.Equal((ProduceErrorCode.Broker, Persistence.NotPersisted, (short?)76), (error!.Code, error.Persistence, error.BrokerErrorCode));
            await world.Succeed(Values[1]);
            Assert.Equal([Values[1]], world.Log());
        },
        configure: static options => options.Compression = Compression.Gzip);

    // A plain batch has no codec to refuse.
    [Fact]
    public void A_plain_batch_that_is_refused_so_fails_at_once() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            world.Kafka.Faults.On(ApiKey.Produce).Fail(76);
            var (error, _, _) = await world.SendEach(0, Values[0])[0];
            Assert.Equal((short?)76, error!.BrokerErrorCode);
            Assert.InRange(world.Kafka.Counters.Requests(ApiKey.Produce), 1, 3);
        },
        configure: static options => options.Compression = Compression.Zstd.Or(Compression.Lz4));

    // Each of them, not only the one that was looked at first.
    [Fact]
    public void All_batches_that_an_old_broker_cannot_take_fail_at_once()
    {
        var brokers = new EmbeddedKafkaOptions { AutoCreateTopics = false };
        brokers.Apis[ApiKey.Produce] = new ApiRange(3, 6);
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                var outcomes = await Task.WhenAll(world.SendEach(0, Values));
                Assert.All(outcomes, static outcome => Assert.Equal((short?)76, outcome.Error!.BrokerErrorCode));
                Assert.All(outcomes, static outcome => Assert.InRange(outcome.Milliseconds, 0, 1000));
            },
            new Setup { BatchSize = 500 },
            brokers: brokers,
            configure: static options => options.Compression = Compression.Zstd);
    }

    // The limit is that of the compressed batch; its parts go plain.
    [Fact]
    public void A_compressed_batch_that_is_too_large_is_split() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", new TopicOptions { MaxMessageBytes = 300 });
            var noise = Enumerable.Range(0, 30).Select(static i => Convert.ToBase64String(BitConverter.GetBytes((ulong)i * 0x9E3779B97F4A7C15UL))).ToArray();
            await Task.WhenAll(world.SendEach(0, noise));
            Assert.Equal(noise, world.Log());
        },
        new Setup { LingerMs = 5, Warm = true },
        configure: static options => options.Compression = Compression.Gzip);

    [Fact]
    public void A_batch_is_decided_while_it_waits_for_its_codec() => Law.Check(
        "expiry, purge and dispose beside a codec", FsCheck.Fluent.Gen.Choose(0, int.MaxValue - 1), static seed =>
        {
            ProducerWorld.Run(
                async world =>
                {
                    world.Kafka.CreateTopic("t");
                    await world.Succeed("first");
                    var sends = world.SendEach(0, Values);
                    await Task.Yield();
                    await world.Producer.PurgeAsync();
                    var outcomes = await Task.WhenAll(sends);
                    var arrived = outcomes.Count(static outcome => outcome.Error is null);
                    Assert.InRange(world.Log().Count, arrived + 1, Values.Length + 1);
                    Assert.All(outcomes, static outcome => Assert.True(outcome.Error is null or { Code: ProduceErrorCode.Aborted }));
                    var late = world.SendEach(0, Values);
                    await world.Producer.DisposeAsync();
                    Assert.All(await Task.WhenAll(late), static outcome => Assert.True(outcome.Error is null or { Code: ProduceErrorCode.Closed }));
                },
                new Setup { BatchSize = 500, CloseTimeoutMs = 0 },
                seed,
                configure: static options => options.Compression = Compression.Gzip);
            return true;
        });

    private static IEnumerable<CompressionType> Codecs(ProducerWorld world) =>
        world.Kafka.ReadBatches("t", 0).Select(static batch => (CompressionType)batch.Codec);
}
