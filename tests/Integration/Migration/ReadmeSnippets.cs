using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Migration;

/// <summary>Some of what README.md shows.</summary>
internal static class ReadmeSnippets
{
    public static async Task Failures(string servers)
    {
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = [servers] });
        ILogger log = NullLogger.Instance;
        var (record, later) = (new Record("", "no topic"), new List<Record>());

        // snippet: readme-failures
        try { await producer.SendAsync(record); }
        catch (KafkaProduceException failure) when (failure.IsTransient) { later.Add(record); } // the same record may succeed later
        catch (KafkaProduceException failure) { log.LogError("{Error}", failure.Error); }       // Code, Message, Persistence, BrokerErrorCode
        // end

        Assert.Empty(later);
    }

    public static Task VirtualTime(string _)
    {
        // snippet: readme-simulation
        using var simulation = new Simulation(seed: 1);
        var options = new KafkaProducerOptions { BootstrapServers = simulation.StartKafka().BootstrapServers, Linger = TimeSpan.FromMinutes(1) };
        simulation.Run(async () =>
        {
            await using var producer = new KafkaProducer(options with { Runtime = simulation.Runtime, Transport = simulation.Transport });
            await producer.SendAsync(new Record("readings", "21.5")); // a minute of simulation.Time, and no time of yours
        });
        // end

        Assert.Equal(60, simulation.Time.Elapsed.TotalSeconds, tolerance: 1);
        return Task.CompletedTask;
    }
}
