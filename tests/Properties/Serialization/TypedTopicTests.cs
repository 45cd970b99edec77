using System.Buffers;
using Rx.Kafka.Properties.Diagnostics;
using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.Serialization;

namespace Rx.Kafka.Properties.Serialization;

/// <summary>Typed sends (L17, L22, L23, L24): each record has just its own bytes on the log though their memory is used again, and a serializer that throws costs its own record only.</summary>
public sealed class TypedTopicTests
{
    private const int PendingKind = 5;

    // Hardly any memory, so that most records stand in line with memory of their own.
    private static readonly Setup LittleMemory = new() { BatchSize = 1024, BufferMemory = 12_000, LatencyMs = 3, LingerMs = 1 };

    [Fact]
    [Law("L17", "L22", "L23", "L24")]
    public void Each_typed_send_is_on_the_log_with_its_own_bytes_or_fails_alone()
    {
        // One for all cases: it listens to every meter of the process, and there are many.
        using var counted = new Counted("typed");
        Law.Check("typed sends", Steps.Of(kinds: 8, most: 60, limit: 1500), program => IsOnTheLogOrFailsAlone(program, counted), maxTest: 100);
    }

    private static void IsOnTheLogOrFailsAlone(Step[] program, Counted counted)
    {
        counted.Clear();
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t");
                using var never = new CancellationTokenSource();
                var serializer = new LetterSerializer(world.Simulation.Time);
                var topic = new Topic<string, Letter>("t", KafkaSerializers.Utf8, serializer);
                var later = new AsyncTopic<string, Letter>("t", KafkaSerializers.Utf8.AsAsync(), serializer);
                var sends = new List<(Letter Letter, string? Key, Task<RecordMetadata> Ack)>();
                foreach (var step in program)
                {
                    var letter = new Letter(sends.Count, step.A)
                    {
                        IsNull = step.Kind == 1,
                        Throws = step.Kind == 2 || (step.Kind is 3 or 4 or PendingKind && step.B % 4 == 0),
                        Waits = step.Kind == PendingKind,
                    };
                    var key = step.B % 5 == 0 ? null : $"key {letter.Number}";
                    var ack = step.Kind switch
                    {
                        3 => world.Producer.SendAsync(topic, key, letter, never.Token).AsTask(),
                        4 or PendingKind => world.Producer.SendAsync(later, key, letter, step.B % 2 == 0 ? never.Token : default).AsTask(),
                        6 => world.Producer.SendAsync(topic.Record(key, letter)).AsTask(),
                        _ => world.Producer.SendAsync(topic, key, letter).AsTask(),
                    };
                    sends.Add((letter, key, ack));
                    if (step.Kind == 7)
                    {
                        await world.Delay(step.B % 5);
                    }
                }

                await Task.WhenAll(sends.Select(static send => send.Ack)).ContinueWith(static _ => { }, TaskScheduler.Current);
                var log = world.Kafka.ReadLog("t");
                var last = -1L;
                foreach (var (letter, key, ack) in sends)
                {
                    if (letter.Throws)
                    {
                        var error = Assert.IsType<KafkaProduceException>(ack.Exception!.InnerException);
                        Assert.Equal((ProduceErrorCode.Serialization, Persistence.NotPersisted), (error.Code, error.Persistence));
                        Assert.IsType<FormatException>(error.InnerException);
                        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
                        continue;
                    }

                    var metadata = await ack;
                    var record = log[(int)metadata.Offset];
                    Assert.Equal(key, record.KeyText);
                    Assert.Equal(letter.IsNull, record.Value is null);
                    Assert.True(letter.IsNull || letter.Bytes.AsSpan().SequenceEqual(record.Value!.Value.Span), $"letter {letter.Number}");
                    Assert.True(letter.Waits || metadata.Offset > last, $"letter {letter.Number} was overtaken");
                    last = letter.Waits ? last : metadata.Offset;
                }

                var failed = sends.Count(static send => send.Letter.Throws);
                Assert.Equal(sends.Count - failed, log.Count);
                Assert.Equal(failed, counted.Of("records.refused"));
            },
            LittleMemory,
            configure: static options => options.ClientId = "typed");
    }

    [Fact]
    public void Null_is_no_key_and_a_tombstone_and_no_serializer_is_asked() => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("t");
        var asked = 0;
        var topic = new Topic<int?, Letter>("t", KafkaSerializers.Create<int?>((_, _) => asked++), KafkaSerializers.Create<Letter>((_, _) => asked++));
        await world.Producer.SendAsync(topic, null, null);
        await world.Producer.SendAsync(new AsyncTopic<string, string>("t", KafkaSerializers.Utf8.AsAsync(), KafkaSerializers.Utf8.AsAsync()), "k", null);
        await world.Producer.SendAsync(new Topic<string>("t", KafkaSerializers.Utf8), "");
        Assert.Equal(
            [(null, null), ("k", null), (null, "")],
            world.Kafka.ReadLog("t").Select(static record => (record.KeyText, record.ValueText)));
        Assert.Equal(0, asked);
        Assert.Equal(new Record("t", default(byte[])), topic.Record(null, null));
    });

    [Fact]
    public void Headers_time_and_partition_go_with_the_record()
    {
        var time = new DateTimeOffset(2025, 5, 5, 5, 5, 5, TimeSpan.Zero);
        RecordHeaders headers = [new("trace", "1")];
        var expected = new Record("t", "k", "v") { Headers = headers, Timestamp = time, Partition = 3 };
        Assert.Equal(expected, new Topic<string, string>("t", KafkaSerializers.Utf8, KafkaSerializers.Utf8).Record("k", "v", headers, time, 3));
        Assert.Equal(expected with { Key = null }, new Topic<string>("t", KafkaSerializers.Utf8).Record("v", headers, time, 3));
    }

    [Fact]
    public async Task A_record_that_cannot_be_serialized_throws_where_it_is_made()
    {
        var serializer = new LetterSerializer(TimeProvider.System);
        var letter = new Letter(1, 10) { Throws = true };
        var error = Assert.Throws<KafkaProduceException>(() => new Topic<Letter>("letters", serializer).Record(letter));
        Assert.Equal(ProduceErrorCode.Serialization, error.Code);
        Assert.Contains("value of a record of topic letters", error.Message, StringComparison.Ordinal);
        var key = await Assert.ThrowsAsync<KafkaProduceException>(
            async () => await new AsyncTopic<Letter, string>("letters", serializer, KafkaSerializers.Utf8.AsAsync()).RecordAsync(letter, ""));
        Assert.Contains("key of a record of topic letters", key.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tombstone_needs_a_key_and_no_value()
    {
        var topic = new Topic<string, int>("t", KafkaSerializers.Utf8, KafkaSerializers.Int32);
        Assert.Equal(Record.Tombstone("t", "k"), topic.Tombstone("k"));
        Assert.Throws<ArgumentNullException>(() => topic.Tombstone(null!));
        var raw = new Topic<ReadOnlyMemory<byte>, int>("t", KafkaSerializers.Memory, KafkaSerializers.Int32);
        Assert.Equal(ProduceErrorCode.Serialization, Assert.Throws<KafkaProduceException>(() => raw.Tombstone(default)).Code);
    }

    [Fact]
    public void Who_has_the_interface_sends_typed_records_too() => ProducerWorld.Run(async world =>
    {
        IKafkaProducer producer = world.Producer;
        await producer.SendAsync(new Topic<string, string>("t", KafkaSerializers.Utf8, KafkaSerializers.Utf8), "k", "v");
        await producer.SendAsync(new Topic<string>("t", KafkaSerializers.Utf8), "v");
        await producer.SendAsync(new AsyncTopic<string, string>("t", KafkaSerializers.Utf8.AsAsync(), KafkaSerializers.Utf8.AsAsync()), "k", null);
        Assert.Equal(
            [("k", "v"), (null, "v"), ("k", null)],
            world.Kafka.ReadLog("t").Select(static record => (record.KeyText, record.ValueText)));
        var refused = new Topic<string>("t", KafkaSerializers.Create<string>(static (_, _) => throw new FormatException()));
        var error = await Assert.ThrowsAsync<KafkaProduceException>(async () => await producer.SendAsync(refused, "v"));
        Assert.Equal(ProduceErrorCode.Serialization, error.Code);
    });

    // The engine of typed sinks: a selector is user code as a serializer is.
    [Fact]
    public void A_key_selector_that_throws_is_a_fault_of_its_record()
    {
        var encoder = new TopicEncoder<string, string>("t", KafkaSerializers.Utf8, KafkaSerializers.Utf8);
        var buffer = SerializationBuffer.Rent();
        var cause = new FormatException();
        Assert.Same(cause, encoder.Encode("v", _ => throw cause, buffer)?.Cause);
        Assert.Null(encoder.Encode("v", static value => value + "!", buffer));
        Assert.Equal(new Record("t", "v!", "v"), buffer.Borrowed("t"));
    }

    // Some registry clients go on after their token was cancelled.
    [Fact]
    [Law("L18")]
    public void What_a_cancelled_serializer_still_writes_comes_into_no_other_record() => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("t");
        using var cancel = new CancellationTokenSource();
        var stubborn = new StubbornSerializer();
        var waiting = new LetterSerializer(world.Simulation.Time);
        var given = world.Producer.SendAsync(new AsyncTopic<string, string>("t", KafkaSerializers.Utf8.AsAsync(), stubborn), "gone", "gone", cancel.Token);
        cancel.Cancel();
        var cancelled = await Assert.ThrowsAsync<SendCanceledException>(async () => await given);
        Assert.Equal(Persistence.NotPersisted, cancelled.Persistence);

        var letter = new Letter(1, 300) { Waits = true };
        var sent = world.Producer.SendAsync(new AsyncTopic<string, Letter>("t", KafkaSerializers.Utf8.AsAsync(), waiting), "kept", letter);
        stubborn.GoOn();
        await sent;
        var record = Assert.Single(world.Kafka.ReadLog("t"));
        Assert.Equal(letter.Bytes, record.Value!.Value.ToArray());
    });

    [Fact]
    [Law("L18")]
    public void What_a_serializer_writes_after_its_token_was_cancelled_is_not_sent() => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("t");
        using var cancel = new CancellationTokenSource();
        var sent = world.Producer.SendAsync(new AsyncTopic<string, string>("t", KafkaSerializers.Utf8.AsAsync(), new DeafSerializer(world)), "k", "cancelled", cancel.Token);
        await world.Delay(50);
        cancel.Cancel();
        var cancelled = await Assert.ThrowsAsync<SendCanceledException>(async () => await sent);
        Assert.Equal(Persistence.NotPersisted, cancelled.Persistence);
        await world.Producer.FlushAsync();
        Assert.Empty(world.Log());
    });

    [Fact]
    public async Task An_asynchronous_serializer_is_told_topic_and_part()
    {
        var told = new List<SerializationContext>();
        var telling = new TellingSerializer(told);
        await new AsyncTopic<string, string>("t", telling, telling).RecordAsync("k", "v");
        Assert.Equal([new("t", IsKey: true), new("t", IsKey: false)], told);
    }

    [Fact]
    public void A_pending_serializer_that_ends_after_dispose_has_its_record_refused() => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("t");
        var topic = new AsyncTopic<string, Letter>("t", KafkaSerializers.Utf8.AsAsync(), new LetterSerializer(world.Simulation.Time));
        var sent = world.Producer.SendAsync(topic, "k", new Letter(1, 1) { Waits = true });
        await world.Producer.DisposeAsync();
        var error = await Assert.ThrowsAsync<KafkaProduceException>(async () => await sent);
        Assert.Equal(ProduceErrorCode.Closed, error.Code);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await world.Producer.SendAsync(topic, "k", new Letter(2, 1)));
    });

    private sealed record Letter(int Number, int Size)
    {
        public bool IsNull { get; init; }

        public bool Throws { get; init; }

        public bool Waits { get; init; }

        public byte[] Bytes => [.. Enumerable.Range(0, Size).Select(i => (byte)((Number * 31) + i))];
    }

    /// <summary>Writes in two pieces; what it writes before null, or before it throws, must not be seen.</summary>
    private sealed class LetterSerializer(TimeProvider time) : IKafkaSerializer<Letter>, IAsyncKafkaSerializer<Letter>
    {
        public bool Serialize(Letter value, IBufferWriter<byte> destination)
        {
            var bytes = value.Bytes;
            destination.Write(bytes.AsSpan(0, bytes.Length / 2));
            if (value.Throws)
            {
                throw new FormatException("secret");
            }

            destination.Write(bytes.AsSpan(bytes.Length / 2));
            return !value.IsNull;
        }

        public async ValueTask<bool> SerializeAsync(Letter value, IBufferWriter<byte> destination, SerializationContext context, CancellationToken cancellationToken)
        {
            if (value.Waits)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1 + (value.Number % 7)), time, cancellationToken);
            }

            return Serialize(value, destination);
        }
    }

    private sealed class TellingSerializer(List<SerializationContext> told) : IAsyncKafkaSerializer<string>
    {
        public ValueTask<bool> SerializeAsync(string value, IBufferWriter<byte> destination, SerializationContext context, CancellationToken cancellationToken)
        {
            told.Add(context);
            return new(true);
        }
    }

    private sealed class StubbornSerializer : IAsyncKafkaSerializer<string>
    {
        private IBufferWriter<byte>? _destination;

        public async ValueTask<bool> SerializeAsync(string value, IBufferWriter<byte> destination, SerializationContext context, CancellationToken cancellationToken)
        {
            _destination = destination;
            var cancelled = new TaskCompletionSource();
            using var registration = cancellationToken.Register(() => cancelled.SetCanceled(cancellationToken));
            await cancelled.Task;
            return true;
        }

        public void GoOn() => _destination!.Write("written too late"u8);
    }

    /// <summary>Heeds no token.</summary>
    private sealed class DeafSerializer(ProducerWorld world) : IAsyncKafkaSerializer<string>
    {
        public async ValueTask<bool> SerializeAsync(string value, IBufferWriter<byte> destination, SerializationContext context, CancellationToken cancellationToken)
        {
            await world.Delay(100);
            destination.Write(System.Text.Encoding.UTF8.GetBytes(value));
            return true;
        }
    }
}
