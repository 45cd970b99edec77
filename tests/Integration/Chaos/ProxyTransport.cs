using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>Connects to the proxy in front of a broker, whatever address the broker gives as its own.</summary>
internal sealed class ProxyTransport(IReadOnlyCollection<ChaosProxy> proxies) : ITransport
{
    public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var brokerPort = endPoint is DnsEndPoint name ? name.Port : ((IPEndPoint)endPoint).Port;
        var proxy = proxies.Single(proxy => proxy.BrokerPort == brokerPort);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, proxy.Port, cancellationToken);
            return new SocketEnds(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class SocketEnds : IDuplexPipe
    {
        public SocketEnds(Socket socket)
        {
            var stream = new NetworkStream(socket, ownsSocket: true);
            Input = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

            // Who completes one end completes the other one, too.
            Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: false));
        }

        public PipeReader Input { get; }

        public PipeWriter Output { get; }
    }
}
