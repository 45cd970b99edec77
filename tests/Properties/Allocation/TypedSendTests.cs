using System.Globalization;
using System.Text.Json.Serialization;
using Rx.Kafka.Testing;
using Xunit.Abstractions;

namespace Rx.Kafka.Properties.Allocation;

/// <summary>V7 for typed topics: once warm, serializing and sending allocates nothing per record, with a token that can be cancelled or without, and by serializers that might wait.</summary>
[Collection(Alone.Name)]
public sealed partial class TypedSendTests(ITestOutputHelper output)
{
    // Long enough for the compiler: its first code makes an object of each key.
    private const int WarmUp = 1_000_000;
    private const int Measured = 250_000;
    private const int MostWindows = 20;
    private const int Outstanding = 10_000;
    private const double MostBytesPerRecord = 2;

    private static readonly Topic<long, Reading> Readings = new("t", KafkaSerializers.Int64, KafkaSerializers.Json(ReadingJson.Default.Reading));
    private static readonly AsyncTopic<long, Reading> Ready = new("t", KafkaSerializers.Int64.AsAsync(), KafkaSerializers.Json(ReadingJson.Default.Reading).AsAsync());
    private static readonly Reading TheReading = new("sensor 7", 21.5);

    [Theory]
    [InlineData("Topic")]
    [InlineData("Topic and a token")]
    [InlineData("AsyncTopic")]
    public async Task Typed_sends_with_10_000_outstanding_allocate_nothing_per_record(string way)
    {
        using var stopping = new CancellationTokenSource();
        var token = way == "Topic and a token" ? stopping.Token : CancellationToken.None;
        var brokers = new AnsweringTransport();
        brokers.CreateTopic("t", 4);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = brokers.BootstrapServers, Transport = brokers, BufferMemory = 4 << 20 });
        Func<long, ValueTask<RecordMetadata>> send =
            way == "AsyncTopic" ? i => producer.SendAsync(Ready, i, TheReading) : i => producer.SendAsync(Readings, i, TheReading, token);

        var outstanding = new ValueTask<RecordMetadata>[Outstanding];
        for (var i = 0; i < Outstanding; i++)
        {
            outstanding[i] = send(i);
        }

        await Roll(outstanding, WarmUp, send);

        // On a busy machine the compiler comes late, and now and then records stand in line; what each record costs shows in all windows.
        var perRecord = double.MaxValue;
        var windows = 0;
        for (; windows < MostWindows && perRecord >= MostBytesPerRecord; windows++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await Roll(outstanding, Measured, send);
            perRecord = Math.Min(perRecord, (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Measured);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{perRecord:0.000} B per record"));
        foreach (var last in outstanding)
        {
            await last;
        }

        Assert.Equal(WarmUp + (windows * Measured) + Outstanding, brokers.Records);
        Assert.True(perRecord < MostBytesPerRecord, string.Create(CultureInfo.InvariantCulture, $"{perRecord:0.00} B per record; the limit is {MostBytesPerRecord}."));
    }

    /// <summary>Awaits the oldest, sends the next in its place.</summary>
    private static async Task Roll(ValueTask<RecordMetadata>[] outstanding, int count, Func<long, ValueTask<RecordMetadata>> send)
    {
        for (int i = 0, at = 0; i < count; i++)
        {
            await outstanding[at];
            outstanding[at] = send(i);
            at = at + 1 == outstanding.Length ? 0 : at + 1;
        }
    }

    internal sealed record Reading(string Sensor, double Value);

    [JsonSerializable(typeof(Reading))]
    internal sealed partial class ReadingJson : JsonSerializerContext;
}
