using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>A record that cannot be sent fails at once (nothing here may wait for MaxBlock, a minute), says why and what to do, and the next one goes. Carries BP3, PB11, K13.</summary>
public sealed class BadRecordTests
{
    public static TheoryData<string, Way> Cases
    {
        get
        {
            var cases = new TheoryData<string, Way>();
            foreach (var name in BadRecords.All.Keys)
            {
                foreach (var way in Enum.GetValues<Way>())
                {
                    cases.Add(name, way);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_bad_record_fails_at_once_and_the_next_one_goes(string name, Way way)
    {
        var (make, code, says) = BadRecords.All[name];
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t", BadRecords.Partitions);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers });
        using var offering = new Offering(producer, way);
        await offering.DeliverAsync(new Record("t", "first"));

        var error = await offering.FailAsync(make());

        Assert.Equal(code, error.Code);
        Assert.Equal(Persistence.NotPersisted, error.Persistence);
        Assert.False(error.IsFatal);

        // A partition may have been added a moment ago: the brokers are asked first.
        Assert.True(offering.WasDecidedAtOnce || make().Partition is not null);
        Assert.All(says, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        await offering.DeliverAsync(new Record("t", "next"));
        Assert.Equal(["first", "next"], kafka.ReadLog("t").OrderBy(static r => r.Timestamp).Select(static r => r.ValueText).Order());
    }

    [Theory]
    [InlineData(Way.Push)]
    [InlineData(Way.Send)]
    [InlineData(Way.Enqueue)]
    public async Task The_very_first_record_may_be_bad(Way way)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t", BadRecords.Partitions);
        foreach (var (make, code, _) in BadRecords.All.Values)
        {
            await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers });
            using var offering = new Offering(producer, way);
            Assert.Equal(code, (await offering.FailAsync(make())).Code);
            await offering.DeliverAsync(new Record("t", "next"));
        }

        Assert.Equal(BadRecords.All.Count, kafka.Counters.Records);
    }

    [Theory]
    [InlineData(Way.Push)]
    [InlineData(Way.Send)]
    [InlineData(Way.Enqueue)]
    public async Task A_value_of_33_MiB_does_not_fit_the_default_memory_whatever_MaxRequestSize_says(Way way)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, MaxRequestSize = 64 << 20 });
        using var offering = new Offering(producer, way);

        var error = await offering.FailAsync(new Record("t", new byte[33 << 20]));

        Assert.Equal(ProduceErrorCode.RecordTooLarge, error.Code);
        Assert.True(offering.WasDecidedAtOnce);
        Assert.Contains("BufferMemory (33554432 bytes)", error.Message, StringComparison.Ordinal);
        await offering.DeliverAsync(new Record("t", "next"));
    }

    [Theory]
    [InlineData(Way.Push)]
    [InlineData(Way.Send)]
    [InlineData(Way.Enqueue)]
    public async Task The_largest_record_that_the_limits_allow_goes(Way way)
    {
        await using var kafka = await EmbeddedKafka.StartAsync(options: new EmbeddedKafkaOptions { MaxMessageBytes = 64 << 20 });
        foreach (var options in new[] { new KafkaProducerOptions(), new KafkaProducerOptions { MaxRequestSize = 64 << 20 } })
        {
            options.BootstrapServers = kafka.BootstrapServers;
            await using var producer = new KafkaProducer(options);
            using var offering = new Offering(producer, way);

            var limit = (int)Math.Min(options.MaxRequestSize, options.BufferMemory);
            int fits = limit - 4096, refused = limit;
            await offering.DeliverAsync(new Record("t", new byte[fits]));

            // Halved until the edge is found: what goes and what is refused must meet, nothing may be taken and then never sent.
            while (refused - fits > 1)
            {
                var size = fits + ((refused - fits) / 2);
                if (await offering.TryDeliverAsync(new Record("t", new byte[size])) is { } error)
                {
                    Assert.Equal(ProduceErrorCode.RecordTooLarge, error.Code);
                    refused = size;
                }
                else
                {
                    fits = size;
                }
            }
        }
    }

    [Theory]
    [InlineData("throw", "no idea", Way.Push)]
    [InlineData("throw", "no idea", Way.Send)]
    [InlineData("throw", "no idea", Way.Enqueue)]
    [InlineData("-1", "partition -1", Way.Push)]
    [InlineData("-1", "partition -1", Way.Send)]
    [InlineData("-1", "partition -1", Way.Enqueue)]
    [InlineData("3", "partition 3", Way.Push)]
    [InlineData("3", "partition 3", Way.Send)]
    [InlineData("3", "partition 3", Way.Enqueue)]
    public async Task A_partitioner_that_throws_or_answers_nonsense_fails_that_record_only(string key, string says, Way way)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t", BadRecords.Partitions);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = kafka.BootstrapServers, Partitioner = new BadRecords.ObedientPartitioner() });
        using var offering = new Offering(producer, way);

        // Once while the topic is unknown, once when it is known.
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var error = await offering.FailAsync(new Record("t", key, "v"));
            Assert.Equal(ProduceErrorCode.InvalidRecord, error.Code);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.Contains(nameof(BadRecords.ObedientPartitioner), error.Message, StringComparison.Ordinal);
            Assert.Equal(2, (await offering.DeliverAsync(new Record("t", "2", "next"))).Partition);
        }
    }

    [Fact]
    public void What_a_record_cannot_be_is_refused_when_it_is_made()
    {
        Assert.Throws<ArgumentNullException>(() => new Record(null!, "v"));
        Assert.Throws<ArgumentNullException>(() => new Record("t", "v") with { Topic = null! });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Record("t", "v") { Partition = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Record("t", "v") { Timestamp = DateTimeOffset.UnixEpoch.AddTicks(-1) });
    }
}
