using System.Net;
using Rx.Kafka.Network;
using Rx.Kafka.Network.Security;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>One attempt to open a connection through the connector.</summary>
internal sealed class Dialing : IConnectionOwner
{
    public static readonly TimeSpan SetupTimeout = TimeSpan.FromSeconds(10);

    private readonly Connector _connector;

    public Dialing(World world, ScriptedTransport transport, SaslOptions? sasl = null, CancellationToken cancellationToken = default)
    {
        World = world;
        Transport = transport;
        _connector = new Connector(transport, world.Time, world.Tasks, "me", Log, maximumFrameBytes: 100 << 20)
        {
            Login = sasl is null ? null : new SaslLogin(sasl, world.Time),
        };
        Task = _connector.ConnectAsync(new DnsEndPoint("broker", 9092), this, SetupTimeout, cancellationToken);
        world.Run();
    }

    /// <summary>Another attempt of the same client.</summary>
    public Task<BrokerConnection> Again()
    {
        var task = _connector.ConnectAsync(new DnsEndPoint("broker", 9092), this, SetupTimeout, default);
        World.Run();
        return task;
    }

    public World World { get; }

    public ScriptedTransport Transport { get; }

    public EventLog Log { get; } = new();

    public Task<BrokerConnection> Task { get; }

    public List<string> News { get; } = [];

    public Peer Peer => Transport.Peers[0];

    /// <summary>The one ApiVersions request that has come.</summary>
    public SentRequest Asked()
    {
        var request = Assert.Single(Peer.Received());
        Assert.Equal(18, request.Key);
        return request;
    }

    /// <summary>Answers an ApiVersions request in a version's layout.</summary>
    public void Answer(SentRequest request, int error, params (int Key, int Min, int Max)[] apis) =>
        Send(request.CorrelationId, VersionsBody(request.Version, error, apis));

    public void Send(int correlationId, byte[] body)
    {
        Peer.Send(Wire.Frame(correlationId, body));
        World.Run();
    }

    /// <summary>The body of an ApiVersions answer.</summary>
    public static byte[] VersionsBody(int version, int error, params (int Key, int Min, int Max)[] apis)
    {
        var compact = version >= 3;
        var wire = new Wire().I16(error);
        wire.Each(apis, compact, api => wire.I16(api.Key).I16(api.Min).I16(api.Max).Tags(compact));
        return (version >= 1 ? wire.I32(0) : wire).Tags(compact).ToArray();
    }

    public void Flushed(BrokerConnection connection) => News.Add("flushed");

    public void Closed(BrokerConnection connection, Exception cause) => News.Add("closed");
}
