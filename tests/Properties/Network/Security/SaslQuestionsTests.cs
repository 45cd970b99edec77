using System.Text;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Network.Security;

/// <summary>An address that hung up on a client without SASL is asked once whether it wants it.</summary>
public sealed class SaslQuestionsTests
{
    private static readonly (int, int, int)[] Offer = [(0, 0, 9), (3, 0, 12), (17, 0, 1), (18, 0, 4), (36, 0, 2)];
    private readonly Dialing _dialing;

    public SaslQuestionsTests()
    {
        var world = new World();
        _dialing = new Dialing(world, new ScriptedTransport(world));
        _dialing.Answer(_dialing.Asked(), 0, Offer);
    }

    private World World => _dialing.World;

    [Fact]
    public void A_listener_that_takes_none_is_asked_once_and_the_connection_goes_on()
    {
        HangUp(hasAsked: true);
        var again = _dialing.Again();
        Send(1, Versions(1));
        var question = Next(1, key: 17);
        Assert.Equal("\0\u0004NONE", Encoding.ASCII.GetString(question.Body));
        Assert.False(again.IsCompleted);
        Send(1, Wire.Frame(question.CorrelationId, [0, 34, 0, 0, 0, 0]));
        Assert.True(World.Ended(again).CanSend);

        var third = _dialing.Again();
        Send(2, Versions(2));
        Assert.True(World.Ended(third).CanSend);
    }

    [Fact]
    public void A_listener_that_wants_it_refuses_and_is_asked_again()
    {
        HangUp(hasAsked: true);
        for (var peer = 1; peer < 4; peer++)
        {
            var again = _dialing.Again();
            Send(peer, Versions(peer));
            Send(peer, Wire.Frame(Next(peer, key: 17).CorrelationId, [0, 33, 0, 0, 0, 1, 0, 5, .. "PLAIN"u8]));
            var error = World.Failed<KafkaAuthenticationException>(again);
            Assert.StartsWith("broker:9092 wants SASL, and this client does not say who it is: set Security.Sasl", error.Message, StringComparison.Ordinal);
            Assert.EndsWith("Enabled there: PLAIN.", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_that_hung_up_while_nothing_was_asked_is_not_suspected()
    {
        HangUp(hasAsked: false);
        var again = _dialing.Again();
        Send(1, Versions(1));
        Assert.True(World.Ended(again).CanSend);
    }

    private void HangUp(bool hasAsked)
    {
        var connection = World.Ended(_dialing.Task);
        if (hasAsked)
        {
            World.Do(() => connection.TrySend(new CountedRequest(1, [])));
        }

        _dialing.Peer.Close();
        World.Run();
        Assert.True(connection.HasEnded);
    }

    private byte[] Versions(int peer)
    {
        var request = Next(peer, key: 18);
        return Wire.Frame(request.CorrelationId, Dialing.VersionsBody(request.Version, 0, Offer));
    }

    private SentRequest Next(int peer, int key)
    {
        var request = Assert.Single(_dialing.Transport.Peers[peer].Received());
        Assert.Equal(key, request.Key);
        return request;
    }

    private void Send(int peer, byte[] frame)
    {
        _dialing.Transport.Peers[peer].Send(frame);
        World.Run();
    }
}
