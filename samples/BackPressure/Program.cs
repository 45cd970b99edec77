using System.Diagnostics;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Kafka;
using Rx.Kafka.Testing;

// A source as fast as it can be, and a broker that takes its time: the source waits, whether it pushes or is pulled from. How far it is
// ahead of its outcomes is bounded by two options, however long it runs. A queue before the producer undoes that.

const int Records = 3_000, RecordBytes = 1_000;
const int Memory = 256 * 1024; // what has no outcome yet fits in here
const int Unobserved = 100;    // so many outcomes may wait for their observer
const int ReadAhead = 1_024;   // a pulled stream holds so many outcomes ready for its loop

await using var kafka = await EmbeddedKafka.StartAsync(options: new() { DefaultPartitions = 4, LogBytesPerPartition = 0 });
kafka.Faults.On(ApiKey.Produce).Delay(TimeSpan.FromMilliseconds(5));
var value = new byte[RecordBytes];

Console.WriteLine($"{Records:N0} records of {RecordBytes:N0} bytes through {Memory:N0} bytes of memory:");
var pushed = await PublishAsync("pushed", Memory / RecordBytes + Unobserved, PushAsync);
var pulled = await PublishAsync("pulled", Memory / RecordBytes + Unobserved + ReadAhead, PullAsync);
await PublishAsync("pushed into a queue", Records, PushIntoQueueAsync);
return pushed && pulled ? 0 : 1;

// OnNext returns late: the source's thread waits in it.
Task PushAsync(KafkaProducer producer, Progress progress) => Observable
    .Range(0, Records, NewThreadScheduler.Default)
    .Select(n => Made(n, progress))
    .DeliverTo(producer)
    .ForEachAsync(progress.Hear);

// The next element is asked for late: nobody waits in a thread.
async Task PullAsync(KafkaProducer producer, Progress progress)
{
    var records = AsyncEnumerable.Range(0, Records).Select(n => Made(n, progress));
    await foreach (var delivery in records.DeliverTo(producer))
    {
        progress.Hear(delivery);
    }
}

// Not like this: ObserveOn takes all there is, at once.
Task PushIntoQueueAsync(KafkaProducer producer, Progress progress) => Observable
    .Range(0, Records, NewThreadScheduler.Default)
    .Select(n => Made(n, progress))
    .ObserveOn(NewThreadScheduler.Default)
    .DeliverTo(producer)
    .ForEachAsync(progress.Hear);

Record Made(int n, Progress progress)
{
    progress.Make();
    return new Record("readings", $"sensor-{n % 100}", value);
}

async Task<bool> PublishAsync(string way, int limit, Func<KafkaProducer, Progress, Task> publish)
{
    await using var producer = new KafkaProducer(new()
    {
        BootstrapServers = kafka.BootstrapServers,
        BufferMemory = Memory,
        MaxUnobservedDeliveries = Unobserved,
    });
    var progress = new Progress();
    var begin = Stopwatch.GetTimestamp();
    await publish(producer, progress);
    var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;

    Console.WriteLine($"{way}: the source was at most {progress.MostAhead:N0} records ahead of its outcomes, {seconds:N1} s in all");
    if (progress.MostAhead <= limit + 1 && progress.Acknowledged == Records) // one record more may wait for room
    {
        return true;
    }

    Console.Error.WriteLine($"{way}: {progress.Acknowledged:N0} acknowledged, and the limit was {limit + 1:N0} ahead");
    return false;
}

internal sealed class Progress
{
    private int _made;
    private int _heard;

    public int MostAhead { get; private set; }

    public int Acknowledged { get; private set; }

    // By the source.
    public void Make() => MostAhead = Math.Max(MostAhead, ++_made - Volatile.Read(ref _heard));

    // By whoever hears outcomes, one at a time.
    public void Hear(Delivery<Record> delivery)
    {
        Acknowledged += delivery.Succeeded ? 1 : 0;
        Interlocked.Increment(ref _heard);
    }
}
