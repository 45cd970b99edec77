using System.IO.Pipelines;
using System.Net;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>A connection behind its handshake, the broker's end of it, and what its owner heard.</summary>
internal sealed class Linked : IConnectionOwner
{
    public Linked(World world, int segmentBytes = 4096, long pauseAt = 1 << 20, int maximumFrameBytes = 1 << 20, Func<PipeWriter, PipeWriter>? output = null)
    {
        World = world;
        var (client, server) = MemoryDuplex.Pair(segmentBytes, pauseAt);
        client = new MemoryDuplex(client.Input, output?.Invoke(client.Output) ?? client.Output);
        Peer = new Peer(server, world);
        Connection = new BrokerConnection(
            new DnsEndPoint("broker", 9092),
            client,
            new ConnectionSettings("me", maximumFrameBytes, world.Time, world.Tasks, new CorrelationIds(), Log));
        Connection.Start();
        Assert.True(Connection.Adopt(new ApiVersionTable([new ApiVersionRange(0, 3, 9)]), this));
        world.Run();
    }

    public World World { get; }

    public Peer Peer { get; }

    public BrokerConnection Connection { get; }

    public EventLog Log { get; } = new();

    /// <summary>Everything the requests and the owner were told, in order.</summary>
    public List<string> News { get; } = [];

    public Exception? Cause { get; private set; }

    public bool Send(CountedRequest request) => World.Do(() => Connection.TrySend(request));

    public void Flushed(BrokerConnection connection) => News.Add("flushed");

    public void Closed(BrokerConnection connection, Exception cause)
    {
        Cause = cause;
        News.Add("closed");
    }
}
