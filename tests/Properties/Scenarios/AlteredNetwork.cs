using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Properties.Network.Scripted;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Simulating;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>A network on which single answers are replaced and names may lead elsewhere: for what no embedded broker does by itself.</summary>
internal sealed class AlteredNetwork : ITransport
{
    private readonly Dictionary<int, ReceivedRequest> _requests = [];
    private ITransport _inner = null!;
    private ProducerRuntime _runtime = null!;

    /// <summary>Gives the body of an answer instead of the broker's; null = the broker's own.</summary>
    public Func<ReceivedRequest, byte[], byte[]?> Answer { get; set; } = static (_, _) => null;

    /// <summary>Which host stands behind a name; null = nothing listens there.</summary>
    public Func<string, string?> Route { get; set; } = static host => host;

    /// <summary>Where a connection was asked for, and when, in milliseconds.</summary>
    public List<(string Host, double At)> Dials { get; } = [];

    /// <summary>Runs a body in a world whose producer lives on this network.</summary>
    public void Run(Func<ProducerWorld, Task> body, Setup? setup = null, EmbeddedKafkaOptions? brokers = null, Action<KafkaProducerOptions>? configure = null, EventLog? logs = null) => ProducerWorld.Run(
        world =>
        {
            world.Kafka.RequestReceived = request => _requests[request.CorrelationId] = request;
            return body(world);
        },
        setup,
        brokers: brokers,
        configure: options =>
        {
            configure?.Invoke(options);
            (_inner, _runtime, options.Transport) = (options.Transport!, options.Runtime, this);
        },
        logs: logs);

    public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var asked = (DnsEndPoint)endPoint;
        Dials.Add((asked.Host, ((VirtualTime)_runtime.Time!).Elapsed.TotalMilliseconds));
        var real = Route(asked.Host) ?? throw new SocketException((int)SocketError.ConnectionRefused);
        var pipe = await _inner.ConnectAsync(new DnsEndPoint(real, asked.Port), cancellationToken);
        return AnswerRelay.Through(pipe, _runtime.TaskScheduler, Altered);
    }

    private byte[] Altered(byte[] frame)
    {
        var number = BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4));
        if (!_requests.Remove(number, out var request))
        {
            return frame;
        }

        var tagged = request.Key != ApiKey.ApiVersions && SentRequest.IsFlexible((int)request.Key, request.Version);
        return Answer(request, frame[(tagged ? 9 : 8)..]) is { } body ? Wire.Frame(number, body, tagged) : frame;
    }
}
