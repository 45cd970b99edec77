using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rx.Kafka.Integration.Migration;

/// <summary>What the migration guides show of this library; each method runs on embedded brokers.</summary>
internal static class OurSnippets
{
    private static readonly ILoggerFactory LoggerFactory = NullLoggerFactory.Instance;

    public static async Task Create(string servers)
    {
        // snippet: ours-create
        await using var producer = new KafkaProducer(
            new KafkaProducerOptions { BootstrapServers = [servers], Linger = TimeSpan.FromMilliseconds(5) }.LibrdkafkaCompatible(),
            LoggerFactory);
        await producer.ConnectAsync(); // optional: without a broker it fails now, and says why
        // end
    }

    public static async Task FromProperties(string servers)
    {
        var text = $"bootstrap.servers={servers}\nacks=all\nlinger.ms=5";
        using var file = new StringReader(text);

        // snippet: ours-properties
        var options = KafkaProducerOptions.FromProperties(file); // or FromPropertiesFile("producer.properties")
        await using var producer = new KafkaProducer(options, LoggerFactory);
        // end
    }

    public static async Task Await(string servers)
    {
        await using var producer = New(servers);

        // snippet: ours-await
        var metadata = await producer.SendAsync(new Record("orders", value: "order", key: "id"));
        Console.WriteLine($"{metadata.Topic}[{metadata.Partition}] offset {metadata.Offset}");
        // end
    }

    public static async Task Failure(string servers)
    {
        await using var producer = New(servers);

        // snippet: ours-failure
        try
        {
            await producer.SendAsync(new Record("orders", value: "order", key: "id"));
        }
        catch (KafkaProduceException e) when (e.Persistence == Persistence.NotPersisted && e.IsTransient)
        {
            Console.Error.WriteLine($"{e.Code}: {e.Message}"); // safe to send again, and worth it
        }
        // end
    }

    public static async Task Many(string servers)
    {
        await using var producer = New(servers);
        string[] values = ["a", "b", "c"];

        // snippet: ours-many
        using var results = await producer.SendAllAsync(values.Select(value => new Record("orders", value: value)));
        results.ThrowIfFailed(); // or look at results.Failures
        // end
    }

    public static async Task Handler(string servers)
    {
        await using var producer = New(servers);

        // snippet: ours-handler
        using var failures = producer.Deliveries
            .Failed()
            .Subscribe(static failure => Console.Error.WriteLine(failure.Error.Message));

        producer.OnNext(new Record("orders", value: "order")); // blocks while there is no room; nothing to poll
        // end
    }

    public static async Task Callback(string servers)
    {
        await using var producer = New(servers);

        // snippet: ours-callback
        var sent = await producer.EnqueueAsync(new Record("orders", value: "order")); // waits for room only
        _ = sent.ContinueWith(
            static outcome => Console.Error.WriteLine(outcome.IsFaulted ? outcome.Exception!.GetBaseException().Message : $"offset {outcome.Result.Offset}"),
            TaskScheduler.Default);
        // end
        await sent;
    }

    public static async Task Details(string servers)
    {
        await using var producer = New(servers);
        await producer.SendAsync(new Record("orders", value: "first"));

        // snippet: ours-details
        await producer.SendAsync(Record.Tombstone("orders", "id") with
        {
            Partition = 0,
            Headers = [new("trace", "abc")],
            Timestamp = DateTimeOffset.UnixEpoch,
        });
        // end
    }

    public static async Task End(string servers)
    {
        var producer = New(servers);

        // snippet: ours-end
        await producer.FlushAsync();   // every record has its outcome
        await producer.DisposeAsync(); // flushes too, for at most CloseTimeout; what is left fails, and is told
        // end
    }

    public static async Task Serializer(string servers)
    {
        await using var producer = New(servers);

        // snippet: ours-serializer
        var numbers = new Topic<string, int>("numbers", KafkaSerializers.Utf8, KafkaSerializers.Int32);
        await producer.SendAsync(numbers, "id", 42);
        // end
    }

    public static async Task Partitioner(string servers)
    {
        // snippet: ours-partitioner
        var options = new KafkaProducerOptions { BootstrapServers = [servers], Partitioner = new ByLength(Partitioners.Murmur2Random) };
        // end
        await using var producer = new KafkaProducer(options);
        await producer.SendAsync(new Record("audit", value: "v"));
    }

    public static async Task Partitions(string servers)
    {
        await using var producer = New(servers);

        // snippet: ours-partitions
        var partitions = await producer.GetPartitionsAsync("orders");
        // end
        Assert.NotEmpty(partitions);
    }

    public static async Task Interceptor(string servers)
    {
        // snippet: ours-interceptor
        var options = new KafkaProducerOptions { BootstrapServers = [servers], Interceptors = [new Audit()] };
        // end
        await using var producer = new KafkaProducer(options);
        await producer.SendAsync(new Record("orders", value: "v"));
    }

    private static KafkaProducer New(string servers) => new(new KafkaProducerOptions { BootstrapServers = [servers] });

    // snippet: ours-partitioner-class
    public sealed class ByLength(IPartitioner others) : IPartitioner
    {
        public int Partition(in Record record, TopicPartitions partitions) => record.Topic == "audit"
            ? record.Key is { } key ? key.Length % partitions.Count : 0
            : others.Partition(record, partitions);
    }
    // end

    // snippet: ours-interceptor-class
    public sealed class Audit : IProducerInterceptor
    {
        public Record OnSend(Record record) => record with { Headers = record.Headers.Add(new("sent-by", "billing")) };

        public void OnAcknowledgement(in Delivery<Record> delivery) => Console.WriteLine(delivery);
    }
    // end
}
