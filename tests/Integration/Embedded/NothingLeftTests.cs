using System.Runtime.CompilerServices;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>V9: dispose leaves no thread, timer or socket, and nothing that keeps the producer alive.</summary>
[Collection(Alone.Name)]
public sealed partial class NothingLeftTests
{
    private const string ClockThread = "Rx.Kafka clock";
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(15);

    public enum Ending
    {
        NeverUsed,
        Idle,
        AmidTraffic,
        BrokerMute,
        NobodyListens,
        CallersInLine,
    }

    public static TheoryData<Ending> Endings => [.. Enum.GetValues<Ending>()];

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task A_disposed_producer_leaves_nothing(Ending ending)
    {
        var nobody = StrangePort.Closed; // its socket stays
        var threads = Threads();
        var sockets = Sockets();
        var timers = new CountedTimers(TimeProvider.System);
        var traces = new List<WeakReference>();
        await using (var kafka = await EmbeddedKafka.StartAsync(brokers: 3))
        {
            kafka.CreateTopic("t", 6);
            var servers = kafka.BootstrapServers;
            if (ending == Ending.NobodyListens)
            {
                servers = [nobody];
            }
            else if (ending is Ending.BrokerMute)
            {
                kafka.AcceptAndNeverAnswer(2);
            }
            else if (ending is Ending.CallersInLine)
            {
                kafka.Faults.On(ApiKey.Produce).Hang();
            }

            // With its own clock, which is a thread, and with one that counts.
            await UseAsync(kafka, servers, ending, new ProducerRuntime(), traces);
            await UseAsync(kafka, servers, ending, new ProducerRuntime { Time = timers }, traces);
            await Eventually.TrueAsync(() => kafka.Counters.ConnectionsOpen == 0);
        }

        Assert.True(timers.Made > 0);
        await Eventually.TrueAsync(() => timers.Timers == 0);
        await Eventually.TrueAsync(() => Threads() <= threads && Sockets() <= sockets);
        await Eventually.TrueAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return traces.TrueForAll(static trace => !trace.IsAlive);
        });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task UseAsync(EmbeddedKafka kafka, IList<string> servers, Ending ending, ProducerRuntime runtime, List<WeakReference> traces)
    {
        var producer = new KafkaProducer(new KafkaProducerOptions
        {
            BootstrapServers = servers,
            Runtime = runtime,
            BufferMemory = 64 * 1024,
            BatchSize = 4096,
            MaxRequestSize = 4096,
            CloseTimeout = TimeSpan.FromMilliseconds(300),
            ConnectionSetupTimeout = TimeSpan.FromMilliseconds(300),
            ConnectionSetupTimeoutMax = TimeSpan.FromMilliseconds(300),
        });
        traces.Add(new WeakReference(producer));
        using var subscription = producer.Deliveries.Subscribe(new Watcher<Delivery<Record>>());
        using var never = new CancellationTokenSource();
        var sending = new List<Task<RecordMetadata>>();
        if (ending != Ending.NeverUsed)
        {
            // Where nobody listens this would block for MaxBlock.
            for (var i = 0; i < 50 && ending != Ending.NobodyListens; i++)
            {
                producer.OnNext(new Record("t", $"key-{i}", new byte[100]));
            }

            for (var i = 0; i < (ending == Ending.CallersInLine ? 300 : 20); i++)
            {
                sending.Add(producer.SendAsync(new Record("t", new byte[1000]), i % 2 == 0 ? never.Token : default).AsTask());
            }
        }

        if (ending == Ending.Idle)
        {
            await producer.FlushAsync().AsTask().WaitAsync(Late);
        }

        await producer.DisposeAsync().AsTask().WaitAsync(Late);
        foreach (var task in sending)
        {
            try
            {
                await task.WaitAsync(Late);
            }
            catch (KafkaProduceException e)
            {
                Assert.Equal(ProduceErrorCode.Closed, e.Code);
            }
        }
    }

    /// <summary>Threads of this process named as the producer's clock; only Linux tells.</summary>
    private static int Threads() => OperatingSystem.IsLinux()
        ? Directory.EnumerateDirectories("/proc/self/task").Count(static task => Text(task + "/comm").StartsWith(ClockThread, StringComparison.Ordinal))
        : 0;

    private static int Sockets() => OperatingSystem.IsLinux()
        ? new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(static file => LinkOf(file).StartsWith("socket:", StringComparison.Ordinal))
        : 0;

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return "";
        }
    }

    private static string LinkOf(FileSystemInfo file)
    {
        try
        {
            return file.LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
