using System.Diagnostics;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>Addresses that are no Kafka broker's: ConnectAsync fails within the setup timeout, a record within MaxBlock, both with a text that names address and remedy (K4).</summary>
public sealed class NoBrokerTests
{
    /// <summary>For those that end an attempt themselves.</summary>
    private static readonly TimeSpan SetupTimeout = TimeSpan.FromSeconds(30);

    /// <summary>For those that say nothing.</summary>
    private static readonly TimeSpan MuteTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxBlock = TimeSpan.FromMilliseconds(300);

    /// <summary>How late a loaded machine may be.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Nobody_listens() => await FailsAsync(StrangePort.Closed, SetupTimeout, "Nothing listens", "refused", "BootstrapServers");

    [Fact]
    public async Task A_port_that_speaks_HTTP() => await FailsAsync(StrangePorts.Http, SetupTimeout, "HTTP", "Kafka listener");

    [Fact]
    public async Task A_TLS_port_spoken_to_in_plain_text_that_answers_with_an_alert()
    {
        // It is plain what is wrong, and waiting does not mend it: records fail at once.
        await using var port = new StrangePort(StrangePorts.TlsAlert);
        await using var producer = new KafkaProducer(Options(SetupTimeout, port.Address));
        var connecting = await Assert.ThrowsAsync<KafkaAuthenticationException>(() => producer.ConnectAsync().AsTask().WaitAsync(Late));
        Assert.All(["TLS", "plaintext listener"], part => Assert.Contains(part, connecting.Message, StringComparison.Ordinal));
        var sending = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record("t", "v")).AsTask().WaitAsync(MaxBlock + Late));
        Assert.Equal((ProduceErrorCode.Authentication, Persistence.NotPersisted), (sending.Code, sending.Persistence));
        Assert.All(["TLS", "plaintext listener"], part => Assert.Contains(part, sending.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_TLS_port_spoken_to_in_plain_text() => await FailsAsync(StrangePorts.Tls, SetupTimeout, "TLS");

    [Fact]
    public async Task A_port_that_says_nothing() => await FailsAsync(StrangePorts.Mute, MuteTimeout, "did not answer within", "TLS", "ConnectionSetupTimeout");

    [Fact]
    public async Task A_port_that_hangs_up() => await FailsAsync(StrangePorts.HangUp, SetupTimeout, "plaintext listener", "broker's log");

    [Fact]
    public async Task A_port_that_speaks_first() => await FailsAsync(StrangePorts.Ssh, SetupTimeout, "Kafka listener");

    [Fact]
    public async Task A_name_that_does_not_exist() => await FailsAsync("no-such-host.invalid:9092", SetupTimeout, "no-such-host.invalid", "BootstrapServers");

    [Fact]
    public async Task One_good_address_among_bad_ones_is_enough()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        await using var http = new StrangePort(StrangePorts.Http);
        await using var tls = new StrangePort(StrangePorts.TlsAlert);
        await using var producer = new KafkaProducer(new KafkaProducerOptions
        {
            BootstrapServers = [StrangePort.Closed, http.Address, tls.Address, .. kafka.BootstrapServers],
        });

        await producer.ConnectAsync().AsTask().WaitAsync(Late);
        await producer.SendAsync(new Record("t", "v")).AsTask().WaitAsync(Late);
    }

    [Fact]
    public async Task All_bad_addresses_are_named_in_one_error()
    {
        await using var http = new StrangePort(StrangePorts.Http);
        var closed = StrangePort.Closed;
        await using var producer = new KafkaProducer(Options(SetupTimeout, closed, http.Address));

        var error = await Assert.ThrowsAsync<KafkaException>(() => producer.ConnectAsync().AsTask());

        Assert.Contains(closed, error.Message, StringComparison.Ordinal);
        Assert.Contains(http.Address, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_record_goes_when_the_broker_has_come()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.Stop(1, elect: false);
        await using var producer = new KafkaProducer(Options(SetupTimeout, [.. kafka.BootstrapServers]));
        var error = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record("t", "too early")).AsTask());
        Assert.Equal(ProduceErrorCode.MetadataTimeout, error.Code);
        await Assert.ThrowsAsync<KafkaException>(() => producer.ConnectAsync().AsTask());

        kafka.Restart(1);

        await Eventually.SucceedsAsync(() => producer.SendAsync(new Record("t", "next")));
        Assert.Equal(["next"], kafka.ReadLog("t").Select(static r => r.ValueText).Distinct());
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_a_connection()
    {
        await using var mute = new StrangePort(StrangePorts.Mute);
        await using var producer = new KafkaProducer(new KafkaProducerOptions { BootstrapServers = [mute.Address] });
        using var cancel = new CancellationTokenSource();
        var connecting = producer.ConnectAsync(cancel.Token).AsTask();
        var sending = producer.SendAsync(new Record("t", "v"), cancel.Token).AsTask();
        var asking = producer.GetPartitionsAsync("t", cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Late));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(Late));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(Late));
    }

    [Fact]
    public async Task Dispose_waits_for_a_broker_that_is_not_there_until_CloseTimeout()
    {
        await using var mute = new StrangePort(StrangePorts.Mute);
        var producer = new KafkaProducer(new KafkaProducerOptions
        {
            BootstrapServers = [mute.Address, "192.0.2.1:9092"],
            CloseTimeout = TimeSpan.FromMilliseconds(300),
        });
        var sending = producer.SendAsync(new Record("t", "v")).AsTask();
        var asking = producer.GetPartitionsAsync("t").AsTask();
        var connecting = producer.ConnectAsync().AsTask();

        await producer.DisposeAsync().AsTask().WaitAsync(Late);

        Assert.Equal(ProduceErrorCode.Closed, (await Assert.ThrowsAsync<KafkaProduceException>(() => sending.WaitAsync(Late))).Code);
        await Assert.ThrowsAnyAsync<Exception>(() => connecting.WaitAsync(Late));
        await Assert.ThrowsAnyAsync<Exception>(() => asking.WaitAsync(Late));
    }

    private static KafkaProducerOptions Options(TimeSpan setupTimeout, params IList<string> servers) => new()
    {
        BootstrapServers = servers,
        MaxBlock = MaxBlock,
        ConnectionSetupTimeout = setupTimeout,
        ConnectionSetupTimeoutMax = setupTimeout,
        ReconnectBackoff = TimeSpan.FromMilliseconds(5),
        RetryBackoff = TimeSpan.FromMilliseconds(5),
    };

    private static async Task FailsAsync(Func<System.Net.Sockets.NetworkStream, CancellationToken, Task> serve, TimeSpan setupTimeout, params string[] says)
    {
        await using var port = new StrangePort(serve);
        await FailsAsync(port.Address, setupTimeout, [port.Address, .. says]);
    }

    private static async Task FailsAsync(string address, TimeSpan setupTimeout, params string[] says)
    {
        await using var producer = new KafkaProducer(Options(setupTimeout, address));
        var watch = Stopwatch.StartNew();
        var connecting = await Assert.ThrowsAnyAsync<KafkaException>(() => producer.ConnectAsync().AsTask().WaitAsync(MuteTimeout + Late));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, MuteTimeout + Late);
        Assert.All(says, part => Assert.Contains(part, connecting.Message, StringComparison.Ordinal));

        watch.Restart();
        var sending = await Assert.ThrowsAsync<KafkaProduceException>(() => producer.SendAsync(new Record("t", "v")).AsTask().WaitAsync(MaxBlock + Late));
        Assert.InRange(watch.Elapsed, MaxBlock - TimeSpan.FromMilliseconds(20), MaxBlock + Late);
        Assert.Equal(ProduceErrorCode.MetadataTimeout, sending.Code);
        Assert.Equal(Persistence.NotPersisted, sending.Persistence);
        Assert.Contains("MaxBlock (300 ms)", sending.Message, StringComparison.Ordinal);
        Assert.All(says, part => Assert.Contains(part, sending.Message, StringComparison.Ordinal));

        var asking = await Assert.ThrowsAnyAsync<KafkaException>(() => producer.GetPartitionsAsync("t").AsTask().WaitAsync(MaxBlock + Late));
        Assert.Contains("MaxBlock (300 ms)", asking.Message, StringComparison.Ordinal);
    }
}
