using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Rx.Kafka.Testing;
using Xunit.Abstractions;

namespace Rx.Kafka.Integration.Embedded.HostileTls;

/// <summary>Whatever comes through TLS, or instead of it: nothing hangs, each record gets its one outcome, memory is bounded, and an honest peer is enough to go on.</summary>
public sealed class HostileTlsTests(ITestOutputHelper output)
{
    private const int Seeds = 32;
    private const int Records = 40;
    private const int ProducerEnded = 404;
    private const int RoundRefused = 212;
    private const int BrokerRefused = 317;
    private const long MostBytesTaken = 32 << 20;

    private static readonly TimeSpan SetupTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How late a loaded machine may be.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(20);

    private static readonly TestAuthority Authority = new("ours");
    private static readonly SslServerAuthenticationOptions Server = HostileRelay.ServerOptions(Authority);

    public static TheoryData<string> Floods => [.. Flood.Keys];

    /// <summary>What is sent after the first bytes of a client, over and over; null = after a handshake that is right, a frame of 1 GiB.</summary>
    private static Dictionary<string, byte[]?> Flood { get; } = new(StringComparer.Ordinal)
    {
        ["warnings"] = [0x15, 3, 3, 0, 2, 1, 90],
        ["empty records"] = [0x16, 3, 3, 0, 0],
        ["changes of the cipher"] = [0x14, 3, 3, 0, 1, 1],
        ["records without end"] = [0x17, 3, 3, 0x40, 0, .. new byte[0x4000]],
        ["a ServerHello of 16 MiB"] = [0x16, 3, 3, 0x40, 0, 2, 0xFF, 0xFF, 0xFF, .. new byte[0x4000 - 4]],
        ["a record of 64 KiB"] = [0x16, 3, 3, 0xFF, 0xFF, .. new byte[0xFFFF]],
        ["a frame of 1 GiB"] = null,
    };

    [Fact]
    public async Task The_producer_outlives_TLS_that_is_spoilt_inside_and_on_its_way()
    {
        var spoilt = new ConcurrentBag<int>();
        var first = new Random().Next();
        await Parallel.ForEachAsync(Enumerable.Range(0, Seeds), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            try
            {
                spoilt.Add(await OutliveAsync(unchecked(first + i)));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {unchecked(first + i)}: {e}", e);
            }
        });
        output.WriteLine($"{spoilt.Sum()} answers and connections were spoilt");
        Assert.True(spoilt.Sum() > Seeds);
    }

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task A_flood_is_left_soon_and_little_of_it_is_taken(string which)
    {
        var taken = new ConcurrentBag<long>();
        await using (var port = new StrangePort((stream, ended) => FloodAsync(stream, Flood[which], taken, ended)))
        {
            await FailsAsync(port);
        }

        // No connection took more than sockets hold.
        Assert.NotEmpty(taken);
        Assert.All(taken, static bytes => Assert.InRange(bytes, 0, MostBytesTaken));
    }

    /// <summary>The handshake stops after so many of the server's bytes, and the connection stays.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(90)]
    [InlineData(400)]
    [InlineData(700)]
    public async Task A_handshake_that_stays_half_open_costs_the_setup_timeout(int bytes)
    {
        await using var port = new StrangePort(async (stream, ended) =>
        {
            await using var way = new SpoilingStream(stream, bytes, random: null, ended);
            await using var secure = new SslStream(way);
            await secure.AuthenticateAsServerAsync(Server, ended);
        });
        await FailsAsync(port);
    }

    private static async Task FailsAsync(StrangePort port)
    {
        await using var producer = new KafkaProducer(Options(port.Address));
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<KafkaException>(() => producer.ConnectAsync().AsTask().WaitAsync(SetupTimeout + Late));
        var fault = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record("t", "v")).AsTask().WaitAsync(Late));
        Assert.Equal(Persistence.NotPersisted, fault.Persistence);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, SetupTimeout + Late);
    }

    private static async Task FloodAsync(NetworkStream client, byte[]? flood, ConcurrentBag<long> taken, CancellationToken ended)
    {
        var (stream, written) = ((Stream)client, 0L);
        try
        {
            if (flood is null)
            {
                var secure = new SslStream(client);
                await secure.AuthenticateAsServerAsync(Server, ended);
                (stream, flood) = (secure, new byte[0x4000]);
                await ReadSomethingAsync(stream, ended);
                await stream.WriteAsync(new byte[] { 0x40, 0, 0, 0 }, ended);
            }
            else
            {
                await ReadSomethingAsync(stream, ended);
            }

            while (true)
            {
                await stream.WriteAsync(flood, ended);
                written += flood.Length;
            }
        }
        finally
        {
            taken.Add(written);
        }
    }

    private static Task<int> ReadSomethingAsync(Stream stream, CancellationToken ended) => stream.ReadAsync(new byte[4096], ended).AsTask();

    /// <summary>Offers records to a producer that is lied to, then lets it go on.</summary>
    /// <returns>How much was spoilt.</returns>
    private static async Task<int> OutliveAsync(int seed)
    {
        using var errors = new EventLog(LogLevel.Error);
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t", 2);
        kafka.CreateTopic("another");
        await using var relay = new HostileRelay(kafka, Authority, seed);
        await using var producer = new KafkaProducer(Options(relay.Address), errors);
        var outcomes = new List<Task>();
        for (var i = 0; i < Records; i++)
        {
            outcomes.Add(OutcomeAsync(producer, new Record("t", $"{i}") { Partition = i % 2 }));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        await Task.WhenAll(outcomes).WaitAsync(DeliveryTimeout + Late);
        await relay.ReformAsync();
        if (!IsFenced(producer))
        {
            await Eventually.SucceedsAsync(() => producer.SendAsync(new Record("another", "honest")));
            Assert.Contains(kafka.ReadLog("another"), static record => record.ValueText == "honest");
        }

        Assert.DoesNotContain(errors.Events, static e => e.Id is not (ProducerEnded or RoundRefused or BrokerRefused));
        return relay.Spoilt;
    }

    private static async Task OutcomeAsync(KafkaProducer producer, Record record)
    {
        try
        {
            await producer.SendAsync(record);
        }
        catch (KafkaProduceException)
        {
            // Told.
        }
    }

    /// <summary>A spoilt answer may read "another producer took your place": then the producer has ended, as it must.</summary>
    private static bool IsFenced(KafkaProducer producer) =>
        producer.Completion.Exception?.InnerException is KafkaProduceException { IsFatal: true, BrokerErrorCode: 53 or 90 };

    private static KafkaProducerOptions Options(string address) => new()
    {
        BootstrapServers = [address],
        Security = new() { Tls = new() { CaPem = Authority.CertificatePem } },
        MaxBlock = TimeSpan.FromSeconds(2),
        Linger = TimeSpan.Zero,
        RequestTimeout = TimeSpan.FromSeconds(1),
        DeliveryTimeout = DeliveryTimeout,
        ConnectionSetupTimeout = SetupTimeout,
        ConnectionSetupTimeoutMax = SetupTimeout,
        ReconnectBackoff = TimeSpan.FromMilliseconds(5),
        ReconnectBackoffMax = TimeSpan.FromMilliseconds(50),
        RetryBackoff = TimeSpan.FromMilliseconds(5),
        RetryBackoffMax = TimeSpan.FromMilliseconds(50),
    };
}
