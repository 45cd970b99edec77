using Rx.Kafka.Integration.Embedded;
using Rx.Kafka.Testing;
using Rx.Kafka.Tool;
using Rx.Kafka.Tool.Doctor;

namespace Rx.Kafka.Integration.Tool;

/// <summary>Each mistake stops at its own step, with a sentence that says what to do.</summary>
public sealed class DoctorTests
{
    private const short TopicAuthorizationFailed = 29;
    private const string Password = "hidden-secret";

    private static readonly TestAuthority Authority = new("ours");
    private static readonly TestAuthority Foreign = new("theirs");

    [Fact]
    public async Task Where_all_is_well_it_says_so_and_sends_only_when_asked()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 3, new EmbeddedKafkaOptions { Racks = ["r1"] });
        kafka.CreateTopic("t", 6);

        var looked = await DoctorAsync(kafka, "--topic", "t");
        Assert.Equal((ExitCodes.Success, ""), (looked.ExitCode, looked.Errors));
        Assert.Contains("Produce 0 to ", looked.Output, StringComparison.Ordinal);
        Assert.Contains("cluster embedded-kafka-cluster, 3 brokers", looked.Output, StringComparison.Ordinal);
        Assert.Contains(", rack r1", looked.Output, StringComparison.Ordinal);
        Assert.Contains(Compact("t: 6 partitions; broker 1 leads 2, broker 2 leads 2, broker 3 leads 2"), Compact(looked.Output), StringComparison.Ordinal);
        Assert.Empty(kafka.ReadLog("t"));

        var sent = await DoctorAsync(kafka, "--topic", "t", "--send");
        Assert.Equal(ExitCodes.Success, sent.ExitCode);
        Assert.Single(kafka.ReadLog("t"));
    }

    [Fact]
    public async Task A_name_without_address_stops_it() =>
        Stopped(Checkpoint.Name, "'no-such-host.invalid'", await ToolRun.RunAsync(["doctor", "-b", "no-such-host.invalid:9092"]));

    [Fact]
    public async Task A_port_where_nobody_listens_stops_it() =>
        Stopped(Checkpoint.Connection, "Is the broker running", await ToolRun.RunAsync(["doctor", "-b", StrangePort.Closed]));

    [Fact]
    public async Task A_server_that_is_not_well_does_not_hide_another()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();

        var run = await ToolRun.RunAsync(["doctor", "-b", $"{StrangePort.Closed},{kafka.BootstrapServers[0]}"]);

        Stopped(Checkpoint.Connection, "cluster embedded-kafka-cluster, 1 broker ", run);
    }

    [Fact]
    public async Task Who_is_no_broker_is_told_apart()
    {
        await using var web = new StrangePort(async (stream, ended) =>
        {
            _ = await stream.ReadAtLeastAsync(new byte[8], 8, throwOnEndOfStream: false, ended);
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), ended);
        });

        var run = await ToolRun.RunAsync(["doctor", "-b", web.Address]);

        Stopped(Checkpoint.ApiVersions, web.Address, run);
    }

    [Fact]
    public async Task Silence_ends_after_the_timeout()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.AcceptAndNeverAnswer(1);

        Stopped(Checkpoint.ApiVersions, "Nothing came within 3 s", await DoctorAsync(kafka, "--timeout", "3"));
    }

    /// <summary>Zeros would be a length of Kafka's, and go on; words are none, and the producer waits for more of them.</summary>
    [Theory]
    [InlineData("\0\0\0\x40", "Only 4 bytes came within 5 s (--timeout), and they are not Kafka's")]
    [InlineData("SSH-", "the answer begins with a length of 1397966893, which is no broker's")]
    public async Task Who_sends_a_few_bytes_and_no_answer_is_told_apart_from_silence(string bytes, string words)
    {
        await using var slow = new StrangePort(async (stream, ended) =>
        {
            foreach (var one in System.Text.Encoding.Latin1.GetBytes(bytes))
            {
                await stream.WriteAsync(new[] { one }, ended);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, ended);
        });

        var run = await ToolRun.RunAsync(["doctor", "-b", slow.Address, "--timeout", "5"]);

        Stopped(Checkpoint.ApiVersions, words, run);
        Assert.DoesNotContain("Nothing came", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TLS_shows_the_certificate_whether_it_is_trusted_or_not()
    {
        await using var kafka = await StartAsync(new EmbeddedTlsOptions { Authority = Authority });
        using var ours = new TemporaryFile(Authority.CertificatePem);
        using var theirs = new TemporaryFile(Foreign.CertificatePem);

        var trusted = await DoctorAsync(kafka, Tls(ours));
        Assert.Equal(ExitCodes.Success, trusted.ExitCode);
        Assert.Contains(Compact(" of CN=ours"), Compact(trusted.Output), StringComparison.Ordinal);

        var foreign = await DoctorAsync(kafka, Tls(theirs));
        Stopped(Checkpoint.Tls, "its certificate is not of an authority in", foreign);
        Assert.Contains("CN=ours", foreign.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TLS_to_a_plain_port_stops_it()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();

        Stopped(Checkpoint.Tls, "speaks no TLS", await DoctorAsync(kafka, "-s", "security.protocol=SSL"));
    }

    [Fact]
    public async Task A_missing_client_certificate_stops_it_and_one_lets_it_through()
    {
        await using var kafka = await StartAsync(new EmbeddedTlsOptions { Authority = Authority, RequiresClientCertificate = true });
        using var ours = new TemporaryFile(Authority.CertificatePem);
        using var identity = new TemporaryFile(Authority.Issue("doctor"));

        Stopped(Checkpoint.Tls, "client certificate", await DoctorAsync(kafka, Tls(ours)));

        var shown = await DoctorAsync(kafka, [.. Tls(ours), "-s", $"ssl.certificate.location={identity.Path}"]);
        Assert.Equal(ExitCodes.Success, shown.ExitCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wrong_password_stops_at_SASL_and_a_right_one_goes_on(bool secure)
    {
        await using var kafka = await StartAsync(secure ? new EmbeddedTlsOptions { Authority = Authority } : null, sasl: true);
        using var ours = new TemporaryFile(Authority.CertificatePem);
        string[] protocol = secure ? [.. Tls(ours), "-s", "security.protocol=SASL_SSL"] : ["-s", "security.protocol=SASL_PLAINTEXT"];

        var wrong = await DoctorAsync(kafka, [.. protocol, .. Sasl("not-the-" + Password)]);
        Stopped(Checkpoint.Sasl, "Check the credential", wrong);
        Assert.DoesNotContain(Password, wrong.Text, StringComparison.Ordinal);

        var right = await DoctorAsync(kafka, [.. protocol, .. Sasl(Password)]);
        Assert.Equal(ExitCodes.Success, right.ExitCode);
        Assert.Contains("SCRAM-SHA-512", right.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_credential_it_stops_where_the_broker_hangs_up()
    {
        await using var kafka = await StartAsync(tls: null, sasl: true);

        Assert.Equal((int)Checkpoint.Metadata, (await DoctorAsync(kafka)).ExitCode);
    }

    [Fact]
    public async Task A_broker_that_clients_are_sent_to_and_do_not_reach_stops_it()
    {
        await using var kafka = await EmbeddedKafka.StartAsync(brokers: 2);
        var servers = kafka.BootstrapServers;
        kafka.Stop(2, elect: false);

        Stopped(Checkpoint.Brokers, "advertised.listeners", await ToolRun.RunAsync(["doctor", "-b", servers[0]]));
    }

    [Theory]
    [InlineData("", 9092, "broker 7 names ':9092'")]
    [InlineData("kafka", 99_999_999, "broker 7 names 'kafka:99999999'")]
    [InlineData("\e[2J\e]0;pwned\aAll is well.\n", 9092, "broker 7 names ' [2J ]0;pwned All is well. :9092'")]
    public async Task Advertised_addresses_that_cannot_be_stop_it_and_are_not_obeyed(string host, int port, string words)
    {
        await using var liar = new StrangePort((stream, ended) => Liar.ServeAsync(stream, host, port, ended));

        var run = await ToolRun.RunAsync(["doctor", "-b", liar.Address]);

        Stopped(Checkpoint.Metadata, words, run);
        Assert.Contains("advertised.listeners", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Text, static sign => char.IsControl(sign) && sign != '\n');
    }

    [Fact]
    public async Task A_topic_that_is_not_there_or_has_no_leader_stops_it()
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t", 2);
        kafka.MoveLeader("t", 1, -1);

        var missing = await DoctorAsync(kafka, "--topic", "missing", "--timeout", "60");
        Stopped(Checkpoint.Topic, "The topic is not there: the brokers answer, and do not know topic 'missing'. Check its name", missing);
        Assert.DoesNotContain("MaxBlock", missing.Output, StringComparison.Ordinal);
        Stopped(Checkpoint.Topic, "nobody leads 1", await DoctorAsync(kafka, "--topic", "t"));
        Assert.False(kafka.DeleteTopic("missing"), "A doctor makes no topics.");
    }

    [Theory]
    [InlineData("all")]
    [InlineData("0")]
    public async Task A_record_that_may_not_be_written_stops_it(string acks)
    {
        await using var kafka = await EmbeddedKafka.StartAsync();
        kafka.CreateTopic("t");
        kafka.Faults.On(ApiKey.Produce).Fail(TopicAuthorizationFailed);

        Stopped(Checkpoint.Record, "TOPIC_AUTHORIZATION_FAILED", await DoctorAsync(kafka, "--topic", "t", "--send", "-s", $"acks={acks}"));
    }

    private static void Stopped(Checkpoint where, string words, ToolRun run)
    {
        Assert.Equal((int)where, run.ExitCode);

        // Columns are broken at blanks, so the last one is between the words.
        Assert.Contains(Compact(words), Compact(run.Output), StringComparison.Ordinal);
    }

    private static string Compact(string text) =>
        string.Concat(System.Text.RegularExpressions.Regex.Replace(text, @"\d[\d.,]* (ms|s)\s*\n", "\n").Where(static c => !char.IsWhiteSpace(c)));

    private static Task<EmbeddedKafka> StartAsync(EmbeddedTlsOptions? tls, bool sasl = false) => EmbeddedKafka.StartAsync(options: new EmbeddedKafkaOptions
    {
        Tls = tls,
        Sasl = sasl ? new EmbeddedSaslOptions { Users = new Dictionary<string, string>(StringComparer.Ordinal) { ["alice"] = Password } } : null,
    });

    private static string[] Tls(TemporaryFile authority) => ["-s", "security.protocol=SSL", "-s", $"ssl.ca.location={authority.Path}"];

    private static string[] Sasl(string password) =>
        ["-s", "sasl.mechanism=SCRAM-SHA-512", "-s", "sasl.username=alice", "-s", $"sasl.password={password}"];

    private static Task<ToolRun> DoctorAsync(EmbeddedKafka kafka, params string[] arguments) =>
        ToolRun.RunAsync(["doctor", "-b", kafka.BootstrapServers[0], .. arguments]);
}
