using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Network.Security;

namespace Rx.Kafka.Network;

/// <summary>Connections over TCP, in plain text or with TLS.</summary>
internal sealed class SocketTransport : ITransport
{
    private const int LargestSegment = 1024 * 1024;

    private readonly AddressRotation _rotation = new();
    private readonly int _sendBufferBytes;
    private readonly int _receiveBufferBytes;
    private readonly int _segmentBytes;
    private readonly TlsClient? _tls;

    /// <summary>Makes a transport.</summary>
    /// <param name="sendBufferBytes">SO_SNDBUF; -1 = the system's choice.</param>
    /// <param name="receiveBufferBytes">SO_RCVBUF; -1 = the system's choice.</param>
    /// <param name="maxRequestSize">A request of that size should be a write or two, not hundreds: sizes the writer's segments, up to 1
    /// MiB.</param>
    /// <param name="tls">Secures each connection; null = plain text.</param>
    public SocketTransport(int sendBufferBytes, int receiveBufferBytes, int maxRequestSize, TlsClient? tls = null)
    {
        _tls = tls;
        _sendBufferBytes = sendBufferBytes;
        _receiveBufferBytes = receiveBufferBytes;
        _segmentBytes = Math.Clamp(maxRequestSize, 4096, LargestSegment);
    }

    /// <summary>Resolves the name anew each time, and tries its addresses in turn.</summary>
    public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var (host, port) = endPoint switch
        {
            DnsEndPoint dns => (dns.Host, dns.Port),
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            _ => throw new NotSupportedException($"TCP cannot connect to {endPoint}; give a host name or an IP address, and a port."),
        };
        var addresses = endPoint is IPEndPoint fixedAddress
            ? [fixedAddress.Address]
            : await Dns.GetHostAddressesAsync(host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        for (var tried = 1; ; tried++)
        {
            var address = addresses[_rotation.Index(host, addresses.Length)];
            try
            {
                var to = new IPEndPoint(address, port);
                return _tls is null
                    ? new SocketPipe(await OpenAsync(to, cancellationToken), _segmentBytes)
                    : await SecureAsync(_tls, to, host, cancellationToken);
            }
            catch (Exception e)
            {
                // The next attempt begins after this address, also when this one was given up because its time was over.
                _rotation.Failed(host);
                if (tried == addresses.Length || e is OperationCanceledException)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>The name is checked that was connected to, whatever the address that it led to.</summary>
    private async Task<IDuplexPipe> SecureAsync(TlsClient tls, IPEndPoint address, string host, CancellationToken cancellationToken)
    {
        var where = EndPointText.Of(host, address.Port);
        try
        {
            var stream = new NetworkStream(await OpenAsync(address, cancellationToken), ownsSocket: true);
            return new TlsPipe(await tls.SecureAsync(stream, host, where, cancellationToken), _segmentBytes);
        }
        catch (TlsEndedException e)
        {
            using var socket = await OpenAsync(address, cancellationToken);
            throw await PlainListener.AnswersAsync(socket, cancellationToken) ? TlsFailure.NotSpoken(where, e) : e;
        }
    }

    private async Task<Socket> OpenAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            if (_sendBufferBytes >= 0)
            {
                socket.SendBufferSize = _sendBufferBytes;
            }

            if (_receiveBufferBytes >= 0)
            {
                socket.ReceiveBufferSize = _receiveBufferBytes;
            }

            await socket.ConnectAsync(address, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A connected socket as two pipe ends; completing both closes it.</summary>
internal sealed class SocketPipe : IDuplexPipe
{
    private const int ReadBufferBytes = 32 * 1024;

    private readonly Socket _socket;
    private int _open = 2;

    public SocketPipe(Socket socket, int segmentBytes)
    {
        _socket = socket;
        Input = PipeReader.Create(new Half(this), new StreamPipeReaderOptions(bufferSize: ReadBufferBytes, leaveOpen: false));
        Output = PipeWriter.Create(new Half(this), new StreamPipeWriterOptions(minimumBufferSize: segmentBytes, leaveOpen: false));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    private void CloseHalf()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _socket.Dispose();
        }
    }

    /// <summary>One direction's stream; its pipe end disposes it once.</summary>
    private sealed class Half(SocketPipe pipe) : NetworkStream(pipe._socket, ownsSocket: false)
    {
        private int _disposed;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                pipe.CloseHalf();
            }
        }
    }
}

/// <summary>
/// Where to begin among the addresses of a name: behind the one that failed last, so that one that never answers does not take every
/// attempt's time.
/// </summary>
internal sealed class AddressRotation
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, uint> _failures = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The address to try now.</summary>
    public int Index(string host, int count)
    {
        lock (_gate)
        {
            return (int)(_failures.GetValueOrDefault(host) % (uint)count);
        }
    }

    /// <summary>The address tried last failed.</summary>
    public void Failed(string host)
    {
        lock (_gate)
        {
            _failures[host] = unchecked(_failures.GetValueOrDefault(host) + 1);
        }
    }
}
