using System.Globalization;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Kafka;
using Rx.Kafka.Testing;

// Publishes a stream of records to Kafka and shows the acknowledgements as they come.

string topic = "quickstart", bootstrap = "", config = "", file = "";
var keyField = 0;
for (var i = 0; i < args.Length; i += 2)
{
    switch (args[i], args.ElementAtOrDefault(i + 1))
    {
        case ("--file", { Length: > 0 } path): file = path; break;
        case ("--topic", { Length: > 0 } name): topic = name; break;
        case ("--bootstrap", { Length: > 0 } servers): bootstrap = servers; break;
        case ("--config", { Length: > 0 } path): config = path; break;
        case ("--key-field", { } number) when int.TryParse(number, CultureInfo.InvariantCulture, out keyField) && keyField > 0: break;
        default:
            Console.Error.WriteLine("""
                usage: QuickStart [--file PATH] [--topic NAME] [--key-field N] [--bootstrap HOST:PORT,...] [--config PATH]

                  --file PATH        publish the lines of this file, - = standard input; without it: a million made-up clicks
                  --topic NAME       where to; the default is quickstart
                  --key-field N      key each line by its Nth column, counted from 1, columns split at white space
                  --bootstrap LIST   a real cluster, instead of three embedded brokers
                  --config PATH      options from a .properties file of the Java client or of librdkafka
                """);
            return args[i] is "--help" ? 0 : 2;
    }
}

long offered = 0, acknowledged = 0;
var ended = false;
try
{
    var options = config.Length > 0 ? KafkaProducerOptions.FromPropertiesFile(config) : new();
    foreach (var notice in options.Notices)
    {
        Console.Error.WriteLine($"{config}: {notice}");
    }

    await using var embedded = bootstrap.Length + config.Length == 0 ? await EmbeddedKafka.StartAsync(brokers: 3, new() { DefaultPartitions = 6, LogBytesPerPartition = 16 << 20 }) : null;
    options.BootstrapServers = embedded?.BootstrapServers ?? (bootstrap.Length > 0 ? bootstrap.Split(',') : options.BootstrapServers);
    await using var producer = new KafkaProducer(options);
    await producer.ConnectAsync(); // not needed, but a wrong address shows at once

    // Who wants to see acknowledgements subscribes before the source does.
    var progress = producer.Acks.Do(_ => acknowledged++).Sample(TimeSpan.FromMilliseconds(200)).ForEachAsync(ShowProgress);
    using var failures = producer.Deliveries.Where(delivery => !delivery.Succeeded).Take(1).Subscribe(ShowFailure, _ => { });

    // OnNext blocks while the producer has no room: a source that may block gets a thread of its own.
    var events = file.Length == 0 ? Clicks() : Lines(file is "-" ? Console.OpenStandardInput() : File.OpenRead(file));
    using var publishing = events.ToObservable(NewThreadScheduler.Default).Do(_ => offered++).Subscribe(producer);

    await producer.Completion; // each record has its outcome, and the observers have seen it
    await progress;
    ended = true;
}
catch (Exception fault) when (fault is KafkaException or IOException or UnauthorizedAccessException or ArgumentException)
{
    Console.Error.WriteLine(fault.Message);
}

Console.WriteLine($"{(Console.IsOutputRedirected ? "" : "\n")}acknowledged {acknowledged} of {offered} records");
return ended && acknowledged == offered ? 0 : 1;

IEnumerable<Record> Clicks()
{
    for (var i = 0; i < 1_000_000; i++)
    {
        yield return new Record(topic, $"user-{i % 1000}", $$"""{"page": "/products/{{i % 97}}", "click": {{i}}}""");
    }
}

// The bytes of a line are shown again with its delivery, so a block is left to the garbage collector and never filled twice.
IEnumerable<Record> Lines(Stream input)
{
    using (input)
    {
        var block = new byte[65536];
        for (int begin = 0, end = 0; ;)
        {
            if (block.AsSpan(begin, end - begin).IndexOf((byte)'\n') is >= 0 and var length)
            {
                yield return Keyed(block.AsMemory(begin, length));
                begin += length + 1;
                continue;
            }

            var rest = block.AsMemory(begin, end - begin);
            block = new byte[Math.Max(65536, rest.Length * 2)];
            rest.CopyTo(block);
            var read = input.Read(block, rest.Length, block.Length - rest.Length);
            (begin, end) = (0, rest.Length + read);
            if (read == 0)
            {
                if (end > 0)
                {
                    yield return Keyed(block.AsMemory(0, end)); // the last line has no end
                }

                yield break;
            }
        }
    }
}

Record Keyed(ReadOnlyMemory<byte> line)
{
    var rest = line;
    for (var column = 1; column <= keyField; column++)
    {
        rest = rest.TrimStart(" \t\v\f\r"u8);
        var length = rest.Span.IndexOfAny(" \t\v\f\r"u8) is >= 0 and var end ? end : rest.Length;
        if (column == keyField && length > 0)
        {
            return new Record(topic, rest[..length], line);
        }

        rest = rest[length..];
    }

    return new Record(topic, line);
}

void ShowProgress(RecordMetadata ack)
{
    var text = $"{acknowledged:N0} acknowledged, the last on {ack.Topic}[{ack.Partition}] at offset {ack.Offset:N0}";
    Console.Write(Console.IsOutputRedirected ? $"{text}\n" : $"\r{text}    ");
}

static void ShowFailure(Delivery<Record> delivery) => Console.Error.WriteLine($"a record failed: {delivery.Error!.Message}");
