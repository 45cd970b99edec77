using System.Text;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Network.Security;

/// <summary>Brokers that do not keep the order of SASL, or lie: each ends the attempt with a sentence of its own, and nothing is believed.</summary>
public sealed class SaslLoginTests
{
    private const string Secret = "a-marked-secret";
    private static readonly (int, int, int)[] Offer = [(0, 0, 9), (3, 0, 12), (17, 0, 1), (18, 0, 4), (36, 0, 2)];

    [Fact]
    public void Requests_come_in_Kafkas_order_and_the_session_is_known()
    {
        var login = Plain();
        var handshake = login.Next(17, 1);
        Assert.Equal("\0\u0005PLAIN", Encoding.ASCII.GetString(handshake.Body));
        login.Dialing.Send(handshake.CorrelationId, [0, 0, 0, 0, 0, 0]);
        var authenticate = login.Next(36, 2);
        Assert.Equal($"\u0016\0user\0{Secret}\0", Encoding.ASCII.GetString(authenticate.Body));
        login.Answer(authenticate, 0, null, [], lifetime: 60_000);

        var connection = World.Ended(login.Dialing.Task);
        Assert.Equal(TimeSpan.FromSeconds(60), connection.Session?.Lifetime);
        Assert.True(connection.CanSend);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    public void Any_lifetime_is_a_session(long lifetime)
    {
        var login = Plain();
        login.ShakeHands();
        login.Answer(login.Next(36, 2), 0, null, [], lifetime);
        Assert.InRange(World.Ended(login.Dialing.Task).Session!.Value.Lifetime, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(int.MaxValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Without_a_lifetime_there_is_no_session(long lifetime)
    {
        var login = Plain();
        login.ShakeHands();
        login.Answer(login.Next(36, 2), 0, null, [], lifetime);
        Assert.Null(World.Ended(login.Dialing.Task).Session);
    }

    [Fact]
    public void A_broker_that_repeats_the_password_in_its_refusal_is_not_quoted_with_it()
    {
        var login = Plain();
        login.ShakeHands();
        login.Answer(login.Next(36, 2), 58, $"{Secret} is wrong,\r\nreally {new string('x', 5000)}", []);
        var error = login.Failed<KafkaAuthenticationException>("broker:9092 refused the user 'user' (SASL PLAIN): (not shown) is wrong,  really xxx");
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        Assert.True(error.Message.Length < 1000);
    }

    [Fact]
    public void A_broker_that_speaks_plain_Kafka_before_the_end_is_left()
    {
        var login = Plain();
        login.ShakeHands();
        login.Next(36, 2);
        login.Dialing.Send(12345, [0, 0, 0, 0]);
        login.Failed<KafkaException>("does not answer as a Kafka broker would");
    }

    [Fact]
    public void A_token_of_a_gibibyte_is_refused_by_its_length()
    {
        var login = Plain();
        login.ShakeHands();
        login.Next(36, 2);
        login.Dialing.Peer.Send([0x40, 0, 0, 0, 0, 0, 0, 0]);
        login.Failed<KafkaException>("announces a frame of 1073741824 bytes");
    }

    /// <summary>The usual limit is 100 MiB; a peer that has not said who it is gets less.</summary>
    [Fact]
    public void Before_the_end_of_the_handshake_a_frame_has_a_mebibyte_at_most()
    {
        var login = Plain();
        login.ShakeHands();
        login.Next(36, 2);
        login.Dialing.Peer.Send([0x00, 0x10, 0, 1, 0, 0, 0, 0]);
        login.Failed<KafkaException>("announces a frame of 1048577 bytes");
    }

    [Fact]
    public void A_field_of_a_gibibyte_within_a_small_frame_is_malformed()
    {
        var login = Plain();
        login.ShakeHands();
        var asked = login.Next(36, 2);
        login.Dialing.Peer.Send(Wire.Frame(asked.CorrelationId, [0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x04], taggedHeader: true));
        login.World.Run();
        login.Failed<KafkaException>("does not answer as a Kafka broker would");
    }

    [Fact]
    public void A_nonce_of_somebody_elses_is_not_answered()
    {
        var login = New(SaslOptions.Scram256("user", Secret));
        login.ShakeHands();
        login.Answer(login.Next(36, 2), 0, null, Encoding.ASCII.GetBytes("r=short,s=AAAA,i=4096"));
        login.Failed<KafkaAuthenticationException>("broker:9092 answered with a SCRAM nonce that does not continue ours");
    }

    [Fact]
    public void A_close_during_SASL_is_no_close_on_ApiVersions()
    {
        var login = Plain();
        login.ShakeHands();
        login.Next(36, 2);
        login.Dialing.Peer.Close();
        login.World.Run();
        login.Failed<KafkaException>("broker:9092 closed the connection during SASL PLAIN");
        Assert.Single(login.Dialing.Transport.Peers);
    }

    [Fact]
    public void A_broker_without_SASL_is_too_old()
    {
        var login = Plain(offer: [(0, 0, 9), (3, 0, 12), (17, 0, 0)]);
        login.Failed<KafkaException>("offers SaslHandshake 0-0 and SaslAuthenticate none; Kafka 1.0 or newer is needed for SASL");
    }

    [Fact]
    public void Silence_during_SASL_ends_with_the_setup_timeout()
    {
        var login = Plain();
        login.ShakeHands();
        login.World.RunFor(Dialing.SetupTimeout);
        login.Failed<KafkaException>("did not answer within 10 s");
    }

    private static Login Plain((int, int, int)[]? offer = null) => New(SaslOptions.Plain("user", Secret), offer);

    private static Login New(SaslOptions sasl, (int, int, int)[]? offer = null)
    {
        var world = new World();
        var dialing = new Dialing(world, new ScriptedTransport(world), sasl: sasl);
        dialing.Answer(dialing.Asked(), 0, offer ?? Offer);
        return new Login(dialing);
    }

    private sealed record Login(Dialing Dialing)
    {
        public World World => Dialing.World;

        public SentRequest Next(int key, int version)
        {
            World.Run();
            var request = Assert.Single(Dialing.Peer.Received());
            Assert.Equal((key, version), (request.Key, request.Version));
            return request;
        }

        public void ShakeHands() => Dialing.Send(Next(17, 1).CorrelationId, [0, 0, 0, 0, 0, 0]);

        public void Answer(SentRequest request, int error, string? message, byte[] bytes, long lifetime = 0)
        {
            var body = new Wire().I16(error).Text(message, compact: true).Count(bytes.Length, compact: true).Raw(bytes).I64(lifetime).Tags(compact: true).ToArray();
            Dialing.Peer.Send(Wire.Frame(request.CorrelationId, body, taggedHeader: true));
            World.Run();
        }

        public T Failed<T>(string words)
            where T : Exception
        {
            World.Run();
            var error = World.Failed<T>(Dialing.Task);
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
            Assert.Equal(0, World.Time.Timers);
            return error;
        }
    }
}
