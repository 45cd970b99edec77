using System.Buffers;
using Rx.Kafka.Properties.Batching;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Admission;

/// <summary>What is refused at once, what waits, and what ends the waiting (design 4.3).</summary>
public sealed class RecordAdmissionTests
{
    private static readonly TimeSpan MaxBlock = TimeSpan.FromSeconds(1);

    // L4: a record without key waits only when no partition has room; it is placed as soon as any has, whoever stands in that partition's own line.
    [Fact]
    public void A_record_without_key_goes_wherever_there_is_room()
    {
        using var world = World(memory: 400_000);
        world.Simulation.Run(async () =>
        {
            await Known(world, "t");
            while (Offer(world, 0).IsPlaced)
            {
            }

            var placed = 0;
            AdmissionWorld.Offered last;
            while ((last = Offer(world, null)).IsPlaced)
            {
                placed++;
            }

            Assert.True(placed > 10, $"only {placed} were placed beside the full partition");
            Assert.NotNull(last.Waiting);
            var at = world.Simulation.Time.Elapsed;
            world.Channels.ForEach(channel => world.Answer(channel, static (_, _) => { }));
            await last.Waiting.Placed;
            Assert.Null(last.Waiting.Refusal);
            Assert.Equal(at, world.Simulation.Time.Elapsed);
        });
    }

    [Fact]
    public void What_cannot_be_sent_is_refused_at_once()
    {
        using var world = World(memory: 60_000);
        world.Simulation.Run(async () =>
        {
            await Known(world, "t");
            Assert.Equal(ProduceErrorCode.InvalidRecord, Refused(world, default));
            Assert.Equal(ProduceErrorCode.RecordTooLarge, Refused(world, new Record("t", new byte[70_000])));
            Assert.Equal(ProduceErrorCode.InvalidRecord, Refused(world, new Record("t", (ReadOnlyMemory<byte>?)new LostMemory().Memory)));
            Assert.Equal(ProduceErrorCode.InvalidRecord, Refused(world, new Record("t", "x") with { Headers = [new RecordHeader("h", new LostMemory().Memory)] }));
            Assert.Equal(ProduceErrorCode.TopicUnknown, Refused(world, new Record(new string('x', 250), "x")));
        });
        Assert.Equal(0, world.Batching.Memory.Used);
        Assert.True(world.Batching.Flushes.Flush().IsCompleted);
    }

    // K21: what the user's partitioner answers or throws is the record's error.
    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void A_partitioner_that_fails_fails_its_record(int answer)
    {
        using var world = World(memory: 60_000, options => options.Partitioner = new OddPartitioner(answer));
        world.Simulation.Run(async () =>
        {
            await Known(world, "t");
            Assert.Equal(ProduceErrorCode.InvalidRecord, Refused(world, new Record("t", "x")));
            Assert.True(world.Offer(new Record("t", "x") with { Partition = 1 }).IsPlaced);
        });
    }

    // It goes where it would go without partitioner and key: away from a partition that is full.
    [Fact]
    public void A_partitioner_may_leave_a_record_to_the_producer()
    {
        using var world = World(memory: 60_000, options => options.Partitioner = new OddPartitioner(TopicPartitions.Any));
        world.Simulation.Run(async () =>
        {
            await Known(world, "t");
            while (world.Offer(new Record("t", new byte[1000]) with { Partition = 0 }).IsPlaced)
            {
            }

            Assert.True(world.Offer(new Record("t", value: "x", key: "key")).IsPlaced);
        });
    }

    // K19. A record that was refused or withdrawn while its memory was lost, or that is refused by dispose, leaves nothing behind.
    [Fact]
    public void Closing_ends_every_line()
    {
        using var world = World(memory: 30_000);
        world.Simulation.Run(async () =>
        {
            var early = Offer(world, 0).Waiting!;
            var unknown = world.Offer(new Record("missing", "x")).Waiting!;
            await early.Placed;
            while (Offer(world, 0).IsPlaced)
            {
            }

            var full = Offer(world, 0).Waiting!;
            world.Admission.Close(new ProduceError(ProduceErrorCode.Closed, "closed"));
            await full.Placed;
            await unknown.Placed;
            Assert.Null(early.Refusal);
            Assert.Equal(ProduceErrorCode.Closed, full.Refusal!.Code);
            Assert.Equal(ProduceErrorCode.Closed, unknown.Refusal!.Code);
            Assert.Equal(ProduceErrorCode.Closed, Offer(world, 0).Error!.Code);
            Assert.Equal(ProduceErrorCode.Closed, world.Offer(new Record("new", "x")).Error!.Code);
            world.Channels.ForEach(channel => world.Answer(channel, static (_, _) => { }));
        });
        Assert.Equal(0, world.Batching.Memory.Used);
        Assert.True(world.Batching.Flushes.Flush().IsCompleted);
    }

    // Purge: whoever stands in a line is refused, later records are untouched.
    [Fact]
    public void Purging_ends_every_line_and_nothing_else()
    {
        using var world = World(memory: 30_000);
        world.Simulation.Run(async () =>
        {
            await Known(world, "t");
            while (Offer(world, 0).IsPlaced)
            {
            }

            var unknown = world.Offer(new Record("missing", "x")).Waiting!;
            var full = Offer(world, 0).Waiting!;
            world.Admission.EndLines(new ProduceError(ProduceErrorCode.Aborted, "purged"));
            await full.Placed;
            await unknown.Placed;
            Assert.Equal(ProduceErrorCode.Aborted, full.Refusal!.Code);
            Assert.Equal(ProduceErrorCode.Aborted, unknown.Refusal!.Code);
            world.Channels.ForEach(channel => world.Answer(channel, static (_, _) => { }));
            await Task.Yield();
            Assert.True(Offer(world, 0).IsPlaced);
        });
    }

    // K8, 4.3: a topic that nobody knows delays no other one, and fails as unknown exactly at MaxBlock; without any answer it is the metadata that is missing.
    [Theory]
    [InlineData(false, ProduceErrorCode.TopicUnknown)]
    [InlineData(true, ProduceErrorCode.MetadataTimeout)]
    public void A_topic_that_never_appears_fails_its_records_at_MaxBlock(bool silent, ProduceErrorCode expected)
    {
        using var world = World(memory: 60_000);
        if (silent)
        {
            world.Kafka.Faults.On(ApiKey.Metadata).Hang();
        }

        world.Simulation.Run(async () =>
        {
            var missing = world.Offer(new Record("missing", "x")).Waiting!;
            if (!silent)
            {
                await Known(world, "t");
                Assert.True(world.Simulation.Time.Elapsed < MaxBlock);
                Assert.True(Offer(world, 1).IsPlaced);
            }

            await missing.Placed;
            Assert.Equal(expected, missing.Refusal!.Code);
            Assert.Equal(MaxBlock, world.Simulation.Time.Elapsed);
        });
    }

    private static AdmissionWorld World(long memory, Action<KafkaProducerOptions>? configure = null)
    {
        var world = new AdmissionWorld(seed: 3, memory, MaxBlock, configure: configure);
        world.Kafka.CreateTopic("t", 2);
        return world;
    }

    private static async Task Known(AdmissionWorld world, string topic)
    {
        var first = world.Offer(new Record(topic, new byte[4]) with { Partition = 0 });
        if (first.Waiting is { } waiter)
        {
            await waiter.Placed;
            Assert.Null(waiter.Refusal);
        }

        world.Owner.CloseAll();
        world.Channels.ForEach(channel => world.Answer(channel, static (_, _) => { }));
    }

    private static AdmissionWorld.Offered Offer(AdmissionWorld world, int? partition) =>
        world.Offer(BatchingWorld.Numbered(1, 900) with { Partition = partition });

    private static ProduceErrorCode? Refused(AdmissionWorld world, Record record) => world.Offer(record).Error?.Code;

    private sealed class OddPartitioner(int answer) : IPartitioner
    {
        public int Partition(in Record record, TopicPartitions partitions) => answer == int.MaxValue ? throw new FormatException("odd") : answer;
    }

    /// <summary>Memory whose owner has taken it back.</summary>
    private sealed class LostMemory : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => throw new ObjectDisposedException(nameof(LostMemory));

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        // Only so that Memory can be made of it: the length is asked of the span otherwise.
        public override Memory<byte> Memory => CreateMemory(10);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
