using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;
using Rx.Kafka;
using Rx.Kafka.Testing;

// Pipelines of channels and of dataflow blocks that end in a sink's Writer. While the producer has no room the stages wait, each bounded,
// and no thread is blocked; the end of a source, or its error, flows through to the outcomes.

const int Devices = 100, Readings = 100;

if (args is not ([] or ["--bootstrap", { Length: > 0 }]))
{
    Console.Error.WriteLine("usage: ChannelBridge [--bootstrap HOST:PORT,...]     without it: an embedded broker, and a slow one");
    return 2;
}

try
{
    await using var embedded = args.Length == 0 ? await EmbeddedKafka.StartAsync(options: new() { DefaultPartitions = 4 }) : null;
    embedded?.Faults.On(ApiKey.Produce).Delay(TimeSpan.FromMilliseconds(5));
    await using var producer = new KafkaProducer(new()
    {
        BootstrapServers = embedded?.BootstrapServers ?? args[1].Split(','),
        BufferMemory = 64 * 1024, // little, so that the stages have to wait
    });
    await producer.ConnectAsync();
    var channels = await ChannelsAsync(producer);
    var blocks = await BlocksAsync(producer);
    return channels && blocks && await FailingBlockAsync(producer) ? 0 : 1;
}
catch (Exception fault) when (fault is KafkaException or ArgumentException)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}

// A hundred pipelines, each with a bounded channel, share one writer. If waiting blocked, it would take as many threads.
static async Task<bool> ChannelsAsync(KafkaProducer producer)
{
    await using var sink = producer.OpenSink();
    var threads = 0;
    var acknowledged = sink.Do(_ => threads = Math.Max(threads, ThreadPool.ThreadCount)).Succeeded().Count().ToTask();

    await Task.WhenAll(Enumerable.Range(0, Devices).Select(device => ForwardAsync(device, sink.Writer)));
    sink.Writer.Complete(); // all stages have written what they had
    await sink.Completion;  // and each record has its outcome

    Console.WriteLine($"channels: {await acknowledged:N0} of {Devices * Readings:N0} acknowledged, {Devices} pipelines, {threads} threads");
    return await acknowledged == Devices * Readings && threads < Devices / 2 + Environment.ProcessorCount;
}

static async Task ForwardAsync(int device, ChannelWriter<Record> kafka)
{
    var readings = Channel.CreateBounded<int>(16);
    var measuring = MeasureAsync(readings.Writer);
    await foreach (var reading in readings.Reader.ReadAllAsync())
    {
        await kafka.WriteAsync(new Record("readings", $"device-{device}", $"device {device} reads {reading}"));
    }

    await measuring;
}

static async Task MeasureAsync(ChannelWriter<int> readings)
{
    for (var i = 0; i < Readings; i++)
    {
        await readings.WriteAsync(i);
    }

    readings.Complete();
}

// Bounded blocks: lines are parsed two at a time, in order, and written.
static async Task<bool> BlocksAsync(KafkaProducer producer)
{
    await using var sink = producer.OpenSink();
    var acknowledged = sink.Succeeded().Count().ToTask();

    var parse = ParseInto(sink.Writer);
    for (var i = 0; i < Readings * 20; i++)
    {
        await parse.SendAsync($"{i % 50} {i}"); // waits while the block is full
    }

    parse.Complete();
    await sink.Completion; // the end has come through the blocks, and each record has its outcome

    Console.WriteLine($"blocks: {await acknowledged:N0} of {Readings * 20:N0} acknowledged");
    return await acknowledged == Readings * 20;
}

// A block that fails: what was written before is sent, then the outcomes end with the block's error.
static async Task<bool> FailingBlockAsync(KafkaProducer producer)
{
    await using var sink = producer.OpenSink();
    var outcomes = sink.Materialize().LastAsync().ToTask();
    var parse = ParseInto(sink.Writer);
    await parse.SendAsync("1 1");
    await parse.SendAsync("no number");

    var end = await outcomes;
    var error = (end.Exception as AggregateException)?.Flatten().InnerException;
    Console.WriteLine($"failing block: the outcomes end with \"{error?.Message}\"");
    return error is FormatException;
}

static TransformBlock<string, Record> ParseInto(ChannelWriter<Record> kafka)
{
    var parse = new TransformBlock<string, Record>(
        static line => new Record("parsed", line.Split(' ')[0], $"{int.Parse(line.Split(' ')[1])}"),
        new() { BoundedCapacity = 64, MaxDegreeOfParallelism = 2 });
    var write = new ActionBlock<Record>(record => kafka.WriteAsync(record).AsTask(), new() { BoundedCapacity = 64 });
    parse.LinkTo(write, new() { PropagateCompletion = true });
    _ = write.Completion.ContinueWith(end => kafka.TryComplete(end.Exception), TaskScheduler.Default);
    return parse;
}
