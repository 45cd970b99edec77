using System.Net;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>A link for Produce, its owner's loop, which is worked by hand, and the far ends of its connections.</summary>
internal sealed class LinkWorld : ILinkOwner
{
    public LinkWorld(TimeSpan grace = default, Action<KafkaProducerOptions>? configure = null)
    {
        Transport = new ScriptedTransport(World);
        var options = new KafkaProducerOptions { BootstrapServers = ["b1:9092"] };
        configure?.Invoke(options);
        var connector = new Connector(Transport, World.Time, World.Tasks, "me", new EventLog(), maximumFrameBytes: 1 << 20);
        Link = new BrokerLink(connector, options, new Random(1), ApiKey.Produce, this, grace);
    }

    public World World { get; } = new();

    public ScriptedTransport Transport { get; }

    public BrokerLink Link { get; }

    public long Now => World.Time.GetTimestamp();

    /// <summary>What the owner and the requests were told, in order.</summary>
    public List<string> News { get; } = [];

    /// <summary>Why attempts failed and connections ended.</summary>
    public List<Exception> Causes { get; } = [];

    public List<TimeSpan> Pauses { get; } = [];

    public string Host { get; set; } = "b1";

    public int OthersToTry { get; set; }

    public bool HasAnotherEndPoint => OthersToTry > 0;

    public EndPoint NextEndPoint()
    {
        OthersToTry = Math.Max(0, OthersToTry - 1);
        return new DnsEndPoint(Host, 9092);
    }

    /// <summary>Lets the loop do what is due now. Returns when it wants to look again.</summary>
    public long Keep(bool wanted = true)
    {
        World.Run();
        World.Do(() => Link.Keep(Now, wanted));
        World.Run();
        return World.Do(() => Link.Keep(Now, wanted));
    }

    /// <summary>Lets the loop live for a while.</summary>
    public void KeepFor(TimeSpan span, bool wanted = true)
    {
        var end = Now + span.Ticks;
        for (var due = Keep(wanted); due <= end || World.NextDue <= end; due = Keep(wanted))
        {
            World.MoveTo(Math.Min(due, World.NextDue));
        }

        World.MoveTo(end);
        Keep(wanted);
    }

    /// <summary>Connects, and answers the handshake.</summary>
    public Peer Connect(int produceMinimum = 3)
    {
        Keep();
        var peer = Transport.Peers[^1];
        Answer(peer, produceMinimum);
        Keep();
        return peer;
    }

    /// <summary>Answers the handshake.</summary>
    public void Answer(Peer peer, int produceMinimum = 3)
    {
        var asked = Assert.Single(peer.Received());
        peer.Send(Wire.Frame(asked.CorrelationId, Dialing.VersionsBody(asked.Version, 0, (0, produceMinimum, 99), (3, 0, 12))));
        World.Run();
    }

    /// <summary>Sends a request.</summary>
    public CountedRequest Send(int number)
    {
        var request = new CountedRequest(number, News);
        Assert.True(World.Do(() => Link.Connection!.TrySend(request)));
        return request;
    }

    /// <summary>An answer of a version says how long to leave the broker alone.</summary>
    public void Throttle(short version, int milliseconds) => Link.Throttle.Take(new CountedRequest(0, News) { Version = version }, milliseconds, Now);

    public void End()
    {
        var ending = World.Do(() => Link.DisposeAsync().AsTask());
        World.Run();
        World.Ended(ending);
        Assert.Equal(0, World.Time.Timers);
    }

    public void Wake()
    {
        // Keep is called by hand.
    }

    public void Connected(BrokerConnection connection) => News.Add($"connected {connection.Name}");

    public void ConnectFailed(EndPoint endPoint, Exception cause, TimeSpan pause) => Told($"failed {EndPointText.Of(endPoint)}", cause, pause);

    public void Disconnected(BrokerConnection connection, Exception cause, TimeSpan pause) => Told($"ended {connection.Name}", cause, pause);

    private void Told(string news, Exception cause, TimeSpan pause)
    {
        News.Add(news);
        Causes.Add(cause);
        Pauses.Add(pause);
    }
}
