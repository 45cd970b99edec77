using System.Buffers;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Sinks of one producer: independent of each other, with a writer that never blocks, halting if that is asked for (design 4.8).</summary>
public sealed class ProducerSinkTests
{
    [Fact]
    [Law("L36", "L37")]
    public void The_end_of_one_touches_no_other() => ProducerWorld.Run(async world =>
    {
        await using var one = world.Producer.OpenSink();
        await using var two = world.Producer.OpenSink();
        one.OnNext(new Record("t", "one"));
        one.OnCompleted();
        await one.Completion;
        two.OnNext(new Record("t", "two"));
        world.Producer.OnNext(new Record("t", "root"));
        two.OnError(new FormatException());
        await Assert.ThrowsAsync<FormatException>(() => two.Completion);
        world.Producer.OnNext(new Record("t", "root again"));
        world.Producer.OnCompleted();
        await world.Producer.Completion;
        Assert.Equal(["one", "two", "root", "root again"], world.Log());
    });

    [Fact]
    [Law("L32", "L33")]
    public void A_slow_or_throwing_observer_disturbs_its_own_sink_alone() => ProducerWorld.Run(
        async world =>
        {
            world.Simulation.FailsOnUnhandledExceptions = false;
            var slow = world.Producer.OpenSink();
            var throwing = world.Producer.OpenSink();
            await using var well = world.Producer.OpenSink();
            var told = 0;
            slow.Subscribe(_ => world.Wait(600_000));
            throwing.Subscribe(static _ => throw new FormatException());
            well.Subscribe(_ => told++);
            for (var i = 0; i < 100; i++)
            {
                slow.OnNext(new Record("t", "s"));
                throwing.OnNext(new Record("t", "t"));
                well.OnNext(new Record("t", "w"));
                if (i == 0)
                {
                    await world.Producer.FlushAsync();
                }
            }

            await world.Producer.FlushAsync();
            await world.Delay(1);
            Assert.Equal(100, told);
            throwing.OnCompleted();
            await Assert.ThrowsAsync<FormatException>(() => throwing.Completion);
            Assert.False(slow.Completion.IsCompleted);
        },
        new Setup { Unobserved = 1000, CloseTimeoutMs = 1000 });

    /// <summary>L34: two sinks that feed each other end for every window.</summary>
    [Theory]
    [Law("L34")]
    [InlineData(1)]
    [InlineData(3)]
    public void Sinks_that_feed_each_other_do_not_deadlock(int window) => ProducerWorld.Run(
        async world =>
        {
            await using var ping = world.Producer.OpenSink();
            await using var pong = world.Producer.OpenSink();
            const int Rounds = 50;
            ping.Subscribe(delivery => pong.OnNext(new Record("t", delivery.State.Value)));
            pong.Subscribe(delivery => Again(Encoding.UTF8.GetString(delivery.State.Value!.Value.Span)));
            for (var i = 0; i < 20; i++)
            {
                ping.OnNext(new Record("t", $"{Rounds}"));
            }

            while (world.Log().Count < 20 * 2 * Rounds)
            {
                await world.Delay(100);
                Assert.True(world.Now < TimeSpan.FromMinutes(2), $"{world.Log().Count} records after two minutes.");
            }

            void Again(string text)
            {
                if (int.Parse(text, CultureInfo.InvariantCulture) is > 1 and var left)
                {
                    ping.OnNext(new Record("t", $"{left - 1}"));
                }
            }
        },
        new Setup { Unobserved = window });

    [Fact]
    public void A_flush_within_an_observer_ends() => ProducerWorld.Run(
        async world =>
        {
            await using var sink = world.Producer.OpenSink();
            var flushed = 0;
            sink.Subscribe(_ =>
            {
                world.Simulation.Runtime.Wait(world.Producer.FlushAsync().AsTask());
                flushed++;
            });
            for (var i = 0; i < 10; i++)
            {
                sink.OnNext(new Record("t", $"{i}"));
            }

            sink.OnCompleted();
            await sink.Completion;
            Assert.Equal(10, flushed);
        },
        new Setup { Unobserved = 1 });

    [Fact]
    [Law("L28")]
    public void A_halting_sink_omits_what_follows_a_failure_on_its_partition_and_nothing_else() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 2);
            await world.Succeed("warm", 0);
            await world.Succeed("warm", 1);
            world.Kafka.Faults.On(ApiKey.Produce).Topic("t").Partition(0).Times(1).Fail(87);
            await using var audit = world.Producer.OpenSink(OnFailure.Halt);
            await using var clicks = world.Producer.OpenSink();
            var told = new List<Delivery<Record>>();
            audit.Subscribe(told.Add);
            for (var i = 0; i < 5; i++)
            {
                audit.OnNext(new Record("t", $"audit {i}") { Partition = 0 });
                audit.OnNext(new Record("t", $"audit {i}") { Partition = 1 });
                clicks.OnNext(new Record("t", $"click {i}") { Partition = 0 });
            }

            await world.Producer.FlushAsync();
            audit.OnNext(new Record("t", "audit later") { Partition = 0 });
            audit.OnCompleted();
            Assert.Equal((short?)87, (await Assert.ThrowsAsync<KafkaProduceException>(() => audit.Completion)).BrokerErrorCode);
            Assert.Equal(["warm", "click 0", "click 1", "click 2", "click 3", "click 4"], world.Log(0));
            Assert.Equal(["warm", "audit 0", "audit 1", "audit 2", "audit 3", "audit 4"], world.Log(1));
            var failures = told.Where(static delivery => !delivery.Succeeded).Select(static delivery => (delivery.Error!.Code, delivery.Persistence)).ToArray();
            Assert.Equal(6, failures.Length);
            Assert.Equal((ProduceErrorCode.Broker, Persistence.NotPersisted), failures[0]);
            Assert.All(failures[1..], static failure => Assert.Equal((ProduceErrorCode.Omitted, Persistence.NotPersisted), failure));
        },
        new Setup { InFlight = 1 });

    // Nobody knows for which partition it would have been.
    [Fact]
    [Law("L28")]
    public void A_halting_sink_omits_what_follows_a_refused_record_of_the_topic() => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("other");
        await using var sink = world.Producer.OpenSink(OnFailure.Halt);
        var told = new List<ProduceErrorCode?>();
        sink.Subscribe(delivery => told.Add(delivery.Error?.Code));
        sink.OnNext(new Record("t", "first"));
        await world.Producer.FlushAsync();
        sink.OnNext(new Record("t", new byte[2 << 20]));
        sink.OnNext(new Record("t", "later"));
        sink.OnNext(new Record("other", "elsewhere"));
        sink.OnCompleted();
        Assert.Equal(ProduceErrorCode.RecordTooLarge, (await Assert.ThrowsAsync<KafkaProduceException>(() => sink.Completion)).Code);
        Assert.Equal(["first"], world.Log());
        Assert.Equal([null, ProduceErrorCode.RecordTooLarge, ProduceErrorCode.Omitted, null], told);
    });

    // Nobody knows where it belonged.
    [Fact]
    [Law("L28")]
    public void A_halting_typed_sink_omits_what_follows_a_value_that_cannot_be_serialized() => ProducerWorld.Run(async world =>
    {
        var topic = new Topic<int>("t", KafkaSerializers.Create<int>(static (value, bytes) =>
            bytes.Write([value < 0 ? throw new FormatException() : (byte)value])));
        await using var sink = topic.SinkOf(world.Producer, OnFailure.Halt);
        var told = new List<ProduceErrorCode?>();
        sink.Subscribe(delivery => told.Add(delivery.Error?.Code));
        foreach (var value in new[] { 1, -1, 2 })
        {
            sink.OnNext(value);
        }

        sink.OnCompleted();
        Assert.Equal(ProduceErrorCode.Serialization, (await Assert.ThrowsAsync<KafkaProduceException>(() => sink.Completion)).Code);
        Assert.Single(world.Log());
        Assert.Equal([null, ProduceErrorCode.Serialization, ProduceErrorCode.Omitted], told.Order());
    });

    [Fact]
    [Law("L54")]
    public void A_pipeline_of_channels_ends_in_the_writer() => ProducerWorld.Run(
        async world =>
        {
            await using var sink = world.Producer.OpenSink();
            var told = 0;
            sink.Subscribe(_ => told++);
            for (var i = 0; i < 3000; i++)
            {
                await sink.Writer.WriteAsync(new Record("t", $"{i}"));
            }

            sink.Writer.Complete();
            await sink.Completion;
            Assert.Equal(3000, told);
            Assert.Equal(Enumerable.Range(0, 3000).Select(static i => $"{i}"), world.Log());
            Assert.False(sink.Writer.TryWrite(new Record("t", "late")));
            Assert.False(await sink.Writer.WaitToWriteAsync());
            Assert.False(sink.Writer.TryComplete());
            await Assert.ThrowsAsync<ChannelClosedException>(async () => await sink.Writer.WriteAsync(new Record("t", "late")));
        },
        new Setup { Unobserved = 10, BufferMemory = 64 << 10 });

    // Who acts on the end, as a host does, may look into the log at once.
    [Fact]
    public void The_log_tells_of_a_failed_source_before_its_streams_end()
    {
        var (wait, isEnded) = (default(Action?), default(Func<bool>?));
        var hadEnded = true;
        using var log = new EventLog
        {
            Told = told =>
            {
                if (told.Id == 403)
                {
                    wait!();
                    hadEnded = isEnded!();
                }
            },
        };
        ProducerWorld.Run(
            async world =>
            {
                var sink = world.Producer.OpenSink();
                (wait, isEnded) = (() => world.Wait(100), () => sink.Completion.IsCompleted);
                await ProducerWorld.Start(() => sink.OnError(new FormatException()));
                await Assert.ThrowsAsync<FormatException>(() => sink.Completion);
                Assert.False(hadEnded);
            },
            logs: log);
    }

    [Fact]
    public void A_writer_that_was_completed_with_an_error_says_so_to_the_next_write() => ProducerWorld.Run(async world =>
    {
        var sink = world.Producer.OpenSink();
        sink.Writer.Complete(new FormatException());
        var closed = await Assert.ThrowsAsync<ChannelClosedException>(async () => await sink.Writer.WriteAsync(new Record("t", "late")));
        Assert.IsType<FormatException>(closed.InnerException);
        await Assert.ThrowsAsync<FormatException>(async () => await sink.Writer.WaitToWriteAsync());
        await Assert.ThrowsAsync<FormatException>(() => sink.Completion);
    });

    // The caller may use its memory again as soon as TryWrite has returned, also where the record waits.
    [Fact]
    public void Writing_never_blocks_and_copies() => ProducerWorld.Run(
        async world =>
        {
            await using var sink = world.Producer.OpenSink();
            var memory = "first"u8.ToArray();
            Assert.True(sink.Writer.TryWrite(new Record("t", memory)));
            "other"u8.CopyTo(memory);
            Assert.False(sink.Writer.TryWrite(new Record("t", memory)));
            var room = sink.Writer.WaitToWriteAsync();
            Assert.False(room.IsCompleted);
            Assert.True(await room);
            Assert.True(sink.Writer.TryWrite(new Record("t", memory)));
            sink.Writer.Complete(new FormatException());
            await Assert.ThrowsAsync<FormatException>(() => sink.Completion);
            Assert.Equal(["first", "other"], world.Log());
        },
        new Setup { LatencyMs = 5 });

    // What two threads do at once, one after the other: while the first is on its way in, the second puts a record into a line.
    [Fact]
    public void A_writer_is_full_while_a_record_stands_in_line_whoever_wrote_last()
    {
        var writing = new Writing();
        ProducerWorld.Run(
            async world =>
            {
                await world.Producer.SendAsync(new Record("t", "its topic is known"));
                await using var sink = world.Producer.OpenSink();
                var writer = writing.Writer = sink.Writer;
                Assert.True(writer.TryWrite(new Record("t", "outer")));
                Assert.True(writing.HasWritten);
                Assert.False(writer.TryWrite(new Record("t", "no room")));
                Assert.True(await writer.WaitToWriteAsync());
                Assert.True(writer.TryWrite(new Record("t", "room")));
            },
            configure: options => options.Interceptors = [writing]);
    }

    [Fact]
    public void Cancelling_a_wait_for_room_ends_it() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Metadata).Delay(TimeSpan.FromMinutes(1));
            await using var sink = world.Producer.OpenSink();
            Assert.True(sink.Writer.TryWrite(new Record("t", "waits for metadata")));
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(20), world.Simulation.Time);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sink.Writer.WaitToWriteAsync(stop.Token));
        },
        new Setup { MaxBlockMs = 100 });

    [Fact]
    [Law("L39")]
    public void A_dispose_of_the_producer_ends_all_its_sinks() => ProducerWorld.Run(async world =>
    {
        var sinks = Enumerable.Range(0, 5).Select(_ => world.Producer.OpenSink()).ToArray();
        foreach (var sink in sinks)
        {
            sink.OnNext(new Record("t", "v"));
        }

        await world.Producer.DisposeAsync();
        Assert.All(sinks, static sink => Assert.True(sink.Completion.IsCompletedSuccessfully));
        Assert.Equal(5, world.Log().Count);
        Assert.Throws<ObjectDisposedException>(() => world.Producer.OpenSink());
    });

    private sealed class Writing : IProducerInterceptor
    {
        public ChannelWriter<Record>? Writer { get; set; }

        public bool HasWritten { get; private set; }

        public Record OnSend(Record record)
        {
            if (Encoding.UTF8.GetString(record.Value!.Value.Span) == "outer")
            {
                HasWritten = Writer!.TryWrite(new Record("another", "inner, whose topic is unknown yet"));
            }

            return record;
        }

        public void OnAcknowledgement(in Delivery<Record> delivery)
        {
        }
    }
}
