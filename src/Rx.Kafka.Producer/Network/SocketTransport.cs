using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Network.Security;

namespace Rx.Kafka.Network;

/// <summary>Connections over TCP, in plain text or with TLS.</summary>
/// <param name="options">The sizes of the system's buffers, and how large a request may be.</param>
/// <param name="time">For addresses that are silent.</param>
/// <param name="tls">Secures each connection; null = plain text.</param>
internal sealed class SocketTransport(KafkaProducerOptions options, TimeProvider time, TlsClient? tls = null) : ITransport
{
    private const int LargestSegment = 1024 * 1024;

    /// <summary>So long an address may take to accept while there is another to try: two packets may be lost.</summary>
    private static readonly TimeSpan AddressPatience = TimeSpan.FromSeconds(4);

    /// <summary>A request of the largest size should be a write or two, not hundreds.</summary>
    private readonly int _segmentBytes = Math.Clamp(options.MaxRequestSize, 4096, LargestSegment);
    private readonly AddressRotation _rotation = new();

    /// <summary>The addresses of a name.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>Resolves the name anew each time, and tries its addresses in turn.</summary>
    public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var (host, port) = endPoint switch
        {
            DnsEndPoint dns => (dns.Host, dns.Port),
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            _ => throw new NotSupportedException($"TCP cannot connect to {endPoint}; give a host name or an IP address, and a port."),
        };
        var addresses = endPoint is IPEndPoint fixedAddress ? [fixedAddress.Address] : await Resolve(host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        var start = _rotation.Start(host);
        for (var tried = 1; ; tried++)
        {
            var index = (start + tried - 1) % addresses.Length;
            var to = new IPEndPoint(addresses[index], port);
            var isLast = tried == addresses.Length;
            try
            {
                var socket = await OpenAsync(to, isLast ? Timeout.InfiniteTimeSpan : AddressPatience, cancellationToken);
                return tls is null
                    ? new SocketPipe(socket, _segmentBytes)
                    : await SecureAsync(tls, socket, to, host, cancellationToken);
            }
            catch (Exception)
            {
                // The next attempt begins after this address, also when this one was given up because its time was over.
                _rotation.Failed(host, index);
                if (isLast || cancellationToken.IsCancellationRequested)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>The name is checked that was connected to, whatever the address that it led to.</summary>
    private async Task<IDuplexPipe> SecureAsync(
        TlsClient client, Socket socket, IPEndPoint to, string host, CancellationToken cancellationToken)
    {
        var where = EndPointText.Of(host, to.Port);
        try
        {
            var stream = new NetworkStream(socket, ownsSocket: true);
            return new TlsPipe(await client.SecureAsync(stream, host, where, cancellationToken), _segmentBytes);
        }
        catch (TlsEndedException e)
        {
            using var again = await OpenAsync(to, Timeout.InfiniteTimeSpan, cancellationToken);
            throw await PlainListener.AnswersAsync(again, cancellationToken) ? TlsFailure.NotSpoken(where, e) : e;
        }
    }

    private async Task<Socket> OpenAsync(IPEndPoint address, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = new SetupDeadline(time, options.Runtime.TaskScheduler, patience, cancellationToken);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            if (options.SendBufferBytes >= 0)
            {
                socket.SendBufferSize = options.SendBufferBytes;
            }

            if (options.ReceiveBufferBytes >= 0)
            {
                socket.ReceiveBufferSize = options.ReceiveBufferBytes;
            }

            await socket.ConnectAsync(address, deadline.Token);
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
/// Where to begin among the addresses of a name: after the one that failed last, so that one that never answers does not take every
/// attempt's time. Any thread.
/// </summary>
internal sealed class AddressRotation
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _starts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The number of the address to begin with; there may be fewer by now.</summary>
    public int Start(string host)
    {
        lock (_gate)
        {
            return _starts.GetValueOrDefault(host);
        }
    }

    /// <summary>The address of this number failed; attempts to the same name may run side by side.</summary>
    public void Failed(string host, int index)
    {
        lock (_gate)
        {
            _starts[host] = index + 1;
        }
    }
}
