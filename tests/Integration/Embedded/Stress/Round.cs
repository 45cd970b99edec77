using Microsoft.Extensions.Logging;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>Some seconds of everything at once on one producer, and the judgement after its end.</summary>
internal sealed class Round(int seed, TimeSpan duration)
{
    public const int Partitions = 6;
    private const int Threads = 16;
    private const int MostElements = 250_000;

    /// <summary>How long anything may take before it counts as never.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Random _random = new(seed);
    private readonly string[] _doing = new string[Threads];
    private volatile bool _isOver;
    private volatile bool _isDisposing;

    public Book Book { get; } = new();

    public KafkaProducer Producer { get; private set; } = null!;

    /// <summary>A sink that all threads use.</summary>
    public ProducerSink Shared { get; private set; } = null!;

    public bool IsOver => _isOver || Book.OfferedCount > MostElements;

    /// <summary>From just before DisposeAsync on: what is offered later may have no outcome.</summary>
    public bool IsDisposing => _isDisposing;

    /// <summary>Waits on this thread.</summary>
    public static void Within(Task task, string what)
    {
        if (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(Patience))
        {
            throw new TimeoutException($"After {Patience.TotalSeconds:0} s still waiting for {what}.");
        }
    }

    /// <returns>How many elements were offered.</returns>
    public async Task<int> RunAsync()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 1 + _random.Next(3));
        kafka.CreateTopic("t", Partitions);
        using var log = new EventLog(LogLevel.Warning);
        Producer = new KafkaProducer(Options(kafka), log);
        using var all = Producer.Deliveries.Subscribe(new Hearer<Record>(Book, WhoseRecord, new Manner(IsSlow: true, Then: Echo)));
        using var thrower = Producer.Deliveries.Subscribe(new Thrower(_random.Next(20_000)));
        using var acks = Producer.Acks.Subscribe(new Watcher<RecordMetadata>());
        Shared = Producer.OpenSink();
        var shared = new Hearer<Record>(Book, WhoseRecord, new Manner(IsSlow: _random.Next(2) == 0));
        using var sharing = Shared.Subscribe(shared);

        var seeds = Enumerable.Range(0, Threads + 2).Select(_ => _random.Next()).ToArray();
        var disturbing = Task.Run(() => new Trouble(kafka, new Random(seeds[Threads])).RunAsync(() => IsOver));
        var running = RealThreads.RunAsync(Threads, thread => new Worker(this, new Random(seeds[thread]), doing => _doing[thread] = doing).Run());
        await Task.WhenAny(Task.Delay(duration), running);
        if (new Random(seeds[^1]).Next(3) == 0)
        {
            await DisposeAsync();
        }

        _isOver = true;
        await WaitAsync(running, () => $"threads to end; they do: {string.Join(", ", _doing.Where(static doing => doing.Length > 0))}");
        await WaitAsync(disturbing, static () => "the one who makes trouble");
        kafka.Faults.Clear();
        Shared.OnCompleted();
        await WaitAsync(shared.Ended, static () => "the end of the shared sink's outcomes");
        Producer.OnCompleted();
        await WaitAsync(Task.WhenAny(Producer.Completion), static () => "the producer's Completion");
        await DisposeAsync();
        Book.Check(kafka.ReadLog("t"));
        foreach (var said in log.Events.Where(static said => said.Level == LogLevel.Critical).Take(5))
        {
            Book.Fault("The producer logged: " + said.Text);
        }

        return Book.OfferedCount;
    }

    public (Hearing Hearing, int Number) WhoseRecord(Record record)
    {
        var (flow, number, _) = Payload.Read(record.Value!.Value.Span);
        return (Book[flow].Main, number);
    }

    private static async Task WaitAsync(Task task, Func<string> what)
    {
        try
        {
            await task.WaitAsync(Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"After {Patience.TotalSeconds:0} s still waiting for {what()}.", e);
        }
    }

    private Task DisposeAsync()
    {
        _isDisposing = true;
        return WaitAsync(Producer.DisposeAsync().AsTask(), static () => "DisposeAsync");
    }

    /// <summary>An observer offers again, to its own sink and to another.</summary>
    private void Echo(int count)
    {
        if (count % 20 != 0 || IsOver)
        {
            return;
        }

        var flow = Book.Open("OnNext by an observer", 2);
        flow.Hear();
        for (var number = 0; number < 2; number++)
        {
            var value = new byte[50];
            Payload.Write(value, flow.Id, number, 0);
            flow.Offering(number);
            if (number == 0)
            {
                Producer.OnNext(new Record("t", value));
            }
            else
            {
                Shared.OnNext(new Record("t", value));
            }

            flow.Offered(number, isOwed: !_isDisposing && !_isOver);
        }
    }

    private KafkaProducerOptions Options(EmbeddedKafka kafka)
    {
        var (batchSize, memory) = _random.Next(3) switch { 0 => (200, 1 << 20), 1 => (4096, 64 << 10), _ => (16384, 32 << 20) };
        return new KafkaProducerOptions
        {
            BootstrapServers = kafka.BootstrapServers,
            BatchSize = batchSize,
            BufferMemory = memory,
            MaxRequestSize = memory == 64 << 10 ? 16 << 10 : 1 << 20,
            Linger = TimeSpan.FromMilliseconds(_random.Next(3) * 2),
            MaxUnobservedDeliveries = _random.Next(3) switch { 0 => 20, 1 => 500, _ => 10_000 },
            MaxInFlightRequestsPerConnection = 1 + _random.Next(5),
            RetryBackoff = TimeSpan.FromMilliseconds(5),
            RetryBackoffMax = TimeSpan.FromMilliseconds(20),
            ReconnectBackoff = TimeSpan.FromMilliseconds(5),
            ReconnectBackoffMax = TimeSpan.FromMilliseconds(20),
            MaxBlock = Patience / 2,
            CloseTimeout = Patience / 2,
        };
    }

    private sealed class Thrower(int at) : IObserver<Delivery<Record>>
    {
        private int _count;

        public void OnNext(Delivery<Record> value)
        {
            if (++_count == at)
            {
                throw new InvalidTimeZoneException("This observer of all throws on purpose.");
            }
        }

        public void OnError(Exception error)
        {
        }

        public void OnCompleted()
        {
        }
    }
}
