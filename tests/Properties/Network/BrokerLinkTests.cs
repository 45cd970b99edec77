using System.IO.Pipelines;
using System.Net.Sockets;
using Rx.Kafka.Network;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Network;

/// <summary>What every connection of the client is kept by, whoever owns it (design 4.11).</summary>
public sealed class BrokerLinkTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Nothing_is_opened_before_somebody_wants_it()
    {
        var w = new LinkWorld();
        Assert.Equal(long.MaxValue, w.Keep(wanted: false));
        Assert.Empty(w.Transport.Asked);
        w.Connect();
        Assert.Equal(["connected b1:9092"], w.News);
        w.End();
    }

    // reconnect.backoff.ms = 0 is a valid value.
    [Fact]
    public void There_is_a_pause_before_a_reconnect_even_if_the_option_says_zero()
    {
        var w = new LinkWorld(configure: static o => o.ReconnectBackoff = TimeSpan.Zero);
        w.Transport.Attempt = static (_, _) => throw new SocketException((int)SocketError.ConnectionRefused);
        w.KeepFor(TimeSpan.FromMilliseconds(20));
        Assert.InRange(w.Transport.Asked.Count, 15, 30);
        Assert.All(w.Pauses, static pause => Assert.True(pause > TimeSpan.Zero));
        Assert.Equal((w.Pauses.Count, true), (w.Link.FailedAttempts, w.Link.LastFailure!.Contains("b1:9092", StringComparison.Ordinal)));
        w.End();
    }

    // The fault is the transport's own; the loop that disposes the link goes on.
    [Fact]
    public void A_transport_that_throws_when_its_token_is_cancelled_holds_up_no_dispose()
    {
        var w = new LinkWorld();
        var never = new TaskCompletionSource<IDuplexPipe>();
        w.Transport.Attempt = (_, token) =>
        {
            token.Register(static () => throw new InvalidOperationException("already completed"));
            token.Register(() => never.TrySetCanceled(token));
            return new(never.Task);
        };
        w.Keep();
        w.End();
        Assert.True(never.Task.IsCanceled);
    }

    [Fact]
    public void The_other_brokers_of_a_round_are_tried_without_pause()
    {
        var w = new LinkWorld { OthersToTry = 3 };
        w.Transport.Attempt = static (_, _) => throw new SocketException((int)SocketError.ConnectionRefused);
        for (var i = 0; i < 6; i++)
        {
            w.Keep();
        }

        Assert.Equal(3, w.Transport.Asked.Count);
        Assert.Equal([true, true, false], w.Pauses.Select(static pause => pause == TimeSpan.Zero));
        w.End();
    }

    [Fact]
    public void A_throttle_is_never_made_shorter_by_a_later_one()
    {
        var w = new LinkWorld();
        w.Connect();
        w.Throttle(12, 1000);
        w.Throttle(12, 10);
        Assert.Equal((w.Now + Second.Ticks, false), (w.Keep(), w.Link.CanSend(w.Now)));
        w.KeepFor(Second);
        Assert.True(w.Link.CanSend(w.Now));

        // In old versions the broker has waited itself.
        w.Throttle(5, 1000);
        Assert.True(w.Link.CanSend(w.Now));
        w.End();
    }

    [Theory]
    [InlineData(0, "b1:9092 did not answer within 3 s (RequestTimeout).")]
    [InlineData(5, "b1:9092 did not answer within 8 s (RequestTimeout and 5 s).")]
    public void A_silent_broker_is_given_up_and_a_throttle_stops_its_clock(int grace, string text)
    {
        var w = new LinkWorld(TimeSpan.FromSeconds(grace), static o => o.RequestTimeout = TimeSpan.FromSeconds(3));
        w.Connect();
        w.Send(1);
        w.Throttle(12, 10_000);
        w.KeepFor(TimeSpan.FromSeconds(10 + 3 + grace - 0.1));
        Assert.Equal(["connected b1:9092"], w.News);
        w.KeepFor(TimeSpan.FromSeconds(0.1), wanted: false);
        Assert.Equal(["connected b1:9092", "lost 1", "ended b1:9092"], w.News);
        Assert.Equal((text, true), (w.Causes[0].Message, w.Pauses[0] > TimeSpan.Zero));
        w.End();
    }

    [Fact]
    public void After_a_standstill_what_came_meanwhile_is_read_before_a_broker_is_given_up()
    {
        var w = new LinkWorld(configure: static o => o.RequestTimeout = TimeSpan.FromSeconds(2));
        var peer = w.Connect();
        var first = w.Send(1);
        w.Keep();
        w.World.MoveTo(w.Now + (9 * Second.Ticks));
        Assert.Equal(w.Now + (Second.Ticks / 10), w.Keep());
        peer.Send(CountedRequest.Answer(first.CorrelationId, 0, []));
        w.Keep();
        Assert.Equal(["connected b1:9092", "answered 1"], w.News);

        // Whoever is silent after all is given up a moment later.
        w.Send(2);
        w.Keep();
        w.World.MoveTo(w.Now + (9 * Second.Ticks));
        w.Keep();
        Assert.NotNull(w.Link.Connection);
        w.KeepFor(Second / 10);
        Assert.Equal(["lost 2", "ended b1:9092"], w.News[2..]);
        w.End();
    }

    [Fact]
    public void An_idle_connection_is_closed_on_purpose_and_the_next_one_need_not_wait()
    {
        var w = new LinkWorld(configure: static o => o.ConnectionsMaxIdle = TimeSpan.FromMinutes(1));
        w.Connect();
        w.KeepFor(TimeSpan.FromSeconds(59), wanted: false);
        Assert.NotNull(w.Link.Connection);
        w.KeepFor(Second, wanted: false);
        Assert.Null(w.Link.Connection);
        Assert.IsType<IntendedCloseException>(Assert.Single(w.Causes));
        Assert.Equal(TimeSpan.Zero, w.Pauses[0]);
        w.Connect();
        Assert.Equal(2, w.Transport.Asked.Count);
        w.End();
    }

    [Fact]
    public void A_lost_connection_is_followed_after_a_pause()
    {
        var w = new LinkWorld();
        var peer = w.Connect();
        w.Send(1);
        peer.Close();
        var due = w.Keep();
        Assert.Equal(["connected b1:9092", "lost 1", "ended b1:9092"], w.News);
        Assert.Equal((w.Now + w.Pauses[0].Ticks, 1), (due, w.Transport.Asked.Count));
        w.KeepFor(w.Pauses[0]);
        Assert.Equal(2, w.Transport.Asked.Count);
        w.End();
    }

    // What it answers is of no use: the control loop goes to the next broker.
    [Fact]
    public void A_connection_that_is_given_up_is_closed_on_purpose_and_counts_as_a_failed_attempt()
    {
        var w = new LinkWorld();
        w.Connect();
        var connection = w.Link.Connection!;
        w.World.Do(() => w.Link.GiveUp(connection, new KafkaException("of no use"), w.Now));
        Assert.InRange(w.Keep(), w.Now + 1, w.Now + (Second.Ticks / 10));
        Assert.Equal("of no use", Assert.IsType<IntendedCloseException>(Assert.Single(w.Causes)).Message);
        w.World.Do(() => w.Link.GiveUp(connection, new KafkaException("again"), w.Now));
        Assert.Single(w.Causes);
        w.End();
    }

    [Fact]
    public void A_new_address_ends_the_connection_and_the_pause_of_the_old_one()
    {
        var w = new LinkWorld();
        w.Connect().Close();
        w.Keep();
        w.Host = "b2";
        w.World.Do(() => w.Link.Renew("moved"));
        w.Connect();
        w.Host = "b3";
        w.World.Do(() => w.Link.Renew("moved again"));
        w.Connect();
        Assert.Equal(["connected b1:9092", "ended b1:9092", "connected b2:9092", "ended b2:9092", "connected b3:9092"], w.News);
        Assert.Equal("moved again", w.Causes[1].Message);
        w.End();
    }

    // A host that was taken away often drops what is sent to it: its attempt would take the whole setup timeout. Or its connection comes late.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_new_address_does_not_wait_for_the_attempt_to_the_old_one_whose_connection_is_closed(bool isAnswered)
    {
        var w = new LinkWorld();
        w.Keep();
        if (isAnswered)
        {
            w.Answer(w.Transport.Peers[0]);
        }

        w.Host = "b2";
        w.World.Do(() => w.Link.Renew("moved"));
        w.Connect();
        w.Transport.Peers[0].Received();
        Assert.True(w.Transport.Peers[0].ClientClosed);
        Assert.Equal(["connected b2:9092"], w.News);
        w.End();
    }

    [Fact]
    public void A_broker_that_does_not_speak_what_is_needed_is_refused()
    {
        var w = new LinkWorld();
        w.Connect(produceMinimum: 50);
        Assert.Null(w.Link.Connection);
        Assert.Contains("offers Produce in versions 50-99; this client speaks 3-13", Assert.Single(w.Causes).Message, StringComparison.Ordinal);
        w.End();
    }

    // More time for the next attempt only after one that ran out of it.
    [Fact]
    public void The_setup_timeout_grows_when_it_ran_out()
    {
        var w = new LinkWorld(configure: static o => (o.ConnectionSetupTimeout, o.ConnectionSetupTimeoutMax) = (Second, 8 * Second));
        w.KeepFor(TimeSpan.FromSeconds(40));
        var seconds = w.Causes.ConvertAll(static cause => double.Parse(cause.Message.Split("within ")[1].Split(' ')[0]));
        Assert.InRange(seconds[0], 0.8, 1.2);
        Assert.InRange(seconds[1], 1.6, 2.4);
        Assert.All(seconds.Skip(3), static s => Assert.InRange(s, 6.4, 8));
        w.End();
    }
}
