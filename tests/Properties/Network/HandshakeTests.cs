using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Network;
using Rx.Kafka.Properties.Network.Scripted;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Network;

// Carries N6 (ApiVersions: first try v4; 35 with a range, without one; other errors), N8, N9 (setup timeout over transport and handshake), N14 (ends during the handshake), N17.
public sealed class HandshakeTests
{
    private static readonly (int, int, int)[] Offer = [(0, 0, 9), (3, 0, 12), (18, 0, 4), (99, 0, 1)];

    [Fact]
    public void The_first_request_is_the_highest_version_and_its_answer_makes_the_connection_ready()
    {
        var dialing = Dial();
        var request = dialing.Asked();
        Assert.Equal(4, request.Version);
        Assert.Matches("^.rx-kafka-producer.[0-9]+([.][0-9]+)*\0$", string.Concat(request.Body.Select(b => (char)b)));
        dialing.Answer(request, 0, Offer);

        var connection = World.Ended(dialing.Task);
        Assert.True(connection.CanSend);
        Assert.True(connection.Versions.TryPick(ApiKey.Metadata, short.MaxValue, out var version));
        Assert.Equal(12, version);
        Assert.False(connection.Versions.Supports(ApiKey.InitProducerId));
        Assert.Equal(0, dialing.World.Time.Timers);
    }

    public static TheoryData<string, byte[], int> Refusals => new()
    {
        { "Kafka 2.4 and newer list their range", Dialing.VersionsBody(0, 35, (18, 0, 3)), 3 },
        { "a range with a higher minimum", Dialing.VersionsBody(0, 35, (18, 1, 2)), 2 },
        { "Kafka before 2.4 lists nothing", Dialing.VersionsBody(0, 35), 0 },
        { "only other APIs", Dialing.VersionsBody(0, 35, (3, 0, 9)), 0 },
        { "a range that is not lower", Dialing.VersionsBody(0, 35, (18, 0, 4)), 0 },
        { "a range upside down", Dialing.VersionsBody(0, 35, (18, 3, 2)), 0 },
        { "librdkafka's mock broker has a layout of its own", Convert.FromHexString("0023010012000000" + "0200000000"), 0 },
        { "an absurd count", Convert.FromHexString("00237FFFFFFF"), 0 },
        { "nothing but the error", Convert.FromHexString("0023"), 0 },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_broker_that_does_not_know_the_version_is_asked_with_one_it_knows(string which, byte[] refusal, int expected)
    {
        var dialing = Dial();
        dialing.Send(dialing.Asked().CorrelationId, refusal);
        var second = dialing.Asked();
        Assert.True(expected == second.Version, which);
        Assert.Equal(expected >= 3, second.Body.Length > 0);
        dialing.Answer(second, 0, Offer);
        Assert.True(World.Ended(dialing.Task).CanSend);
    }

    [Fact]
    public void A_broker_that_refuses_every_version_is_given_up()
    {
        var dialing = Dial();
        dialing.Answer(dialing.Asked(), 35, (18, 0, 4));
        dialing.Send(dialing.Asked().CorrelationId, Dialing.VersionsBody(0, 35));
        Failed(dialing, "refused ApiVersions v0 with error 35 (UNSUPPORTED_VERSION)");
    }

    [Fact]
    public void Another_error_ends_the_connection()
    {
        var dialing = Dial();
        dialing.Answer(dialing.Asked(), 42);
        Failed(dialing, "refused ApiVersions v4 with error 42 (INVALID_REQUEST)");
    }

    [Fact]
    public void A_broker_with_nothing_we_speak_is_refused()
    {
        var dialing = Dial();
        dialing.Answer(dialing.Asked(), 0, (0, 0, 2), (3, 0, 0));
        Failed(dialing, "offers Metadata 0-0 and Produce 0-2");
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "answers in HTTP")]
    [InlineData("\u0015\u0003\u0003\0\u0002\u0002\u0028", "wants TLS")]
    [InlineData("\u0015\u0003\u0001\0\u0002\u0002\u0046", "wants TLS")]
    [InlineData("SSH-2.0-OpenSSH_9\r\n", "announces a frame of")]
    public void What_is_no_broker_is_called_by_its_name(string answer, string words)
    {
        var dialing = Dial();
        dialing.Peer.Send([.. answer.Select(c => (byte)c)]);
        Failed(dialing, words);
    }

    [Fact]
    public void A_port_that_closes_on_our_first_request_may_want_TLS()
    {
        var dialing = Dial();
        for (var i = 0; i < 3; i++)
        {
            Assert.False(dialing.Task.IsCompleted);
            Assert.Equal(new short[] { 4, 3, 0 }[i], Assert.Single(dialing.Transport.Peers[i].Received()).Version);
            dialing.Transport.Peers[i].Close();
        }

        Assert.Equal(3, dialing.Transport.Peers.Count);
        var error = World.Failed<KafkaException>(dialing.Task);
        Assert.Contains("broker:9092 closed the connection right after our first request: this port may want TLS", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, dialing.World.Time.Timers);
    }

    [Fact]
    public void Silence_ends_with_the_setup_timeout_and_not_before()
    {
        var dialing = Dial();
        dialing.World.RunFor(Dialing.SetupTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(dialing.Task.IsCompleted);
        dialing.World.RunFor(TimeSpan.FromMilliseconds(1));
        Failed(dialing, "did not answer within 10 s");
    }

    [Fact]
    public void A_transport_that_heeds_no_token_is_left_behind_and_what_it_opens_later_is_closed()
    {
        var late = new TaskCompletionSource<System.IO.Pipelines.IDuplexPipe>();
        var world = new World();
        var transport = new ScriptedTransport(world) { Attempt = (_, _) => new(late.Task) };
        var dialing = new Dialing(world, transport);
        world.RunFor(Dialing.SetupTimeout);
        var error = World.Failed<KafkaException>(dialing.Task);
        Assert.Contains("No connection to broker:9092 within 10 s", error.Message, StringComparison.Ordinal);

        world.Do(() => late.SetResult(transport.Open()));
        transport.Peers[0].Received();
        Assert.True(transport.Peers[0].ClientClosed);
        Assert.Equal(0, world.Time.Timers);
    }

    [Fact]
    public void Giving_up_closes_what_was_opened()
    {
        using var giveUp = new CancellationTokenSource();
        var world = new World();
        var dialing = new Dialing(world, new ScriptedTransport(world), cancellationToken: giveUp.Token);
        dialing.Asked();
        world.Do(giveUp.Cancel);
        World.Failed<OperationCanceledException>(dialing.Task);
        AssertGone(dialing);
    }

    [Fact]
    public void Whatever_a_peer_answers_the_attempt_ends_within_the_setup_timeout_and_leaves_nothing()
    {
        var valid = Dialing.VersionsBody(4, 0, Offer);
        var anything = ArbMap.Default.GeneratorFor<byte[]>();
        var mutated = from at in Gen.Choose(0, valid.Length - 1)
                      from value in Gen.Choose(0, 255)
                      from length in Gen.Choose(0, valid.Length)
                      select Changed(valid, at, (byte)value)[..length];
        var frames = Gen.OneOf(anything.Select(bytes => (bytes, Framed: false)), mutated.Select(bytes => (bytes, Framed: true)));
        Law.Check("hostile handshakes", frames.NonEmptyListOf(), answers =>
        {
            var dialing = Dial();
            foreach (var (bytes, framed) in answers)
            {
                if (dialing.Task.IsCompleted)
                {
                    break;
                }

                var waiting = dialing.Peer.Received();
                dialing.Peer.Send(framed ? Wire.Frame(waiting.Count > 0 ? waiting[0].CorrelationId : 0, bytes) : bytes);
            }

            dialing.World.RunFor(Dialing.SetupTimeout);
            if (dialing.Task.IsCompletedSuccessfully)
            {
                Assert.True(World.Ended(dialing.Task).Versions.Supports(ApiKey.Metadata) || World.Ended(dialing.Task).Versions.Supports(ApiKey.Produce));
                return;
            }

            var error = World.Failed<KafkaException>(dialing.Task);
            Assert.Contains("broker:9092", error.Message, StringComparison.Ordinal);
            AssertGone(dialing);
        });
    }

    [Fact]
    public void Correlation_numbers_are_unique_and_stay_below_the_reserved_ones()
    {
        var ids = new CorrelationIds();
        Assert.Equal(Enumerable.Range(0, 100), Enumerable.Range(0, 100).Select(_ => ids.Next()));
        var late = new CorrelationIds(last: int.MaxValue - 10);
        Assert.Equal([int.MaxValue - 9, int.MaxValue - 8, 0, 1], Enumerable.Range(0, 4).Select(_ => late.Next()));
    }

    private static Dialing Dial()
    {
        var world = new World();
        return new Dialing(world, new ScriptedTransport(world));
    }

    private static void Failed(Dialing dialing, string words)
    {
        var error = World.Failed<KafkaException>(dialing.Task);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("broker:9092", error.Message, StringComparison.Ordinal);
        AssertGone(dialing);
    }

    private static void AssertGone(Dialing dialing)
    {
        dialing.Peer.Received();
        dialing.Peer.Received();
        Assert.True(dialing.Peer.ClientClosed);
        Assert.Equal(0, dialing.World.Time.Timers);
        Assert.Empty(dialing.News);
    }

    private static byte[] Changed(byte[] bytes, int at, byte value)
    {
        var changed = bytes.ToArray();
        changed[at] = value;
        return changed;
    }
}
