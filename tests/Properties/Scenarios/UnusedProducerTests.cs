using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>A producer that was made and not used costs neither threads nor connections, so one that is forgotten then leaves none.</summary>
[Collection(Alone.Name)]
public sealed class UnusedProducerTests
{
    private const int Producers = 100;

    [Fact]
    public void Making_producers_starts_no_thread_and_opens_nothing()
    {
        var transport = new CountingTransport();
        var before = Threads();
        var producers = Enumerable.Range(0, Producers)
            .Select(_ => new KafkaProducer(new KafkaProducerOptions { BootstrapServers = ["localhost:9092"], Transport = transport }))
            .ToList();

        // The thread pool's own may come and go meanwhile.
        var started = Threads() - before;
        Assert.True(started < Producers / 2, $"{Producers} producers started {started} threads.");
        producers.ForEach(static producer => producer.Dispose());
        Assert.Equal(0, transport.Connects);
    }

    private static int Threads()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Count;
    }

    private sealed class CountingTransport : ITransport
    {
        private int _connects;

        public int Connects => Volatile.Read(ref _connects);

        public ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _connects);
            return ValueTask.FromException<IDuplexPipe>(new IOException("There is nobody."));
        }
    }
}
