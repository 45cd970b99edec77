using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Telemetry;

/// <summary>A producer and brokers that ask for metrics, each minute unless it is said otherwise.</summary>
internal static class TelemetryWorld
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public static readonly EmbeddedTelemetryOptions Everything = new() { PushInterval = Interval };

    /// <summary>Runs a body after the brokers were asked what they want.</summary>
    public static void Run(
        Func<ProducerWorld, Task> body, EmbeddedTelemetryOptions? wanted = null, Setup? setup = null, int seed = 1, Action<KafkaProducerOptions>? configure = null, EventLog? log = null) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 3);
            await world.Producer.GetPartitionsAsync("t");
            await world.Delay(100);
            await body(world);
            Assert.Null(world.Kafka.Counters.FirstMalformed);
        },
        setup,
        seed,
        new EmbeddedKafkaOptions { Telemetry = wanted ?? Everything },
        configure,
        log);

    public static long Questions(this ProducerWorld world) => world.Kafka.Counters.Requests(ApiKey.GetTelemetrySubscriptions);

    public static long Pushes(this ProducerWorld world) => world.Kafka.Counters.Requests(ApiKey.PushTelemetry);

    /// <summary>The values of a metric, of each push in order.</summary>
    public static IReadOnlyList<OtlpPoint> Points(this ProducerWorld world, string name) =>
        [.. world.Kafka.Telemetry.Pushes.SelectMany(static push => OtlpReader.Read(push.Metrics)).Where(point => point.Name == "org.apache.kafka.producer." + name)];

    public static async Task SendMany(this ProducerWorld world, int records)
    {
        for (var i = 0; i < records; i++)
        {
            await world.Succeed($"v{i}", i % 3);
        }
    }
}
