using System.Buffers.Binary;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Integration.Embedded.HostileTls;

/// <summary>
/// TLS in front of an embedded broker that has none. Until it is honest it spoils the broker's answers inside TLS, and TLS's own bytes on
/// their way. The broker's address in answers is replaced by its own.
/// </summary>
internal sealed class HostileRelay : IAsyncDisposable
{
    private const int Percent = 30;
    private const int FurthestPlace = 6000;

    private readonly StrangePort _port;
    private readonly CancellationTokenSource _hostile = new();
    private readonly SslServerAuthenticationOptions _tls;
    private readonly int _brokerPort;
    private readonly int _seed;
    private int _connections;
    private int _spoilt;

    public HostileRelay(EmbeddedKafka kafka, TestAuthority authority, int seed)
    {
        _tls = ServerOptions(authority);
        _brokerPort = PortOf(kafka.BootstrapServers.Single());
        _seed = seed;
        _port = new StrangePort(ServeAsync);
    }

    public string Address => _port.Address;

    /// <summary>Answers and connections that were spoilt.</summary>
    public int Spoilt => Volatile.Read(ref _spoilt);

    /// <summary>A server's options with a certificate for 127.0.0.1.</summary>
    public static SslServerAuthenticationOptions ServerOptions(TestAuthority authority)
    {
        var pem = authority.Issue("broker", ["127.0.0.1"]);
        using var made = X509Certificate2.CreateFromPem(pem, pem);
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        return new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
    }

    /// <summary>From now on nothing is spoilt; connections that there are end.</summary>
    public Task ReformAsync() => _hostile.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _hostile.CancelAsync();
        await _port.DisposeAsync();
        _hostile.Dispose();
    }

    private async Task ServeAsync(NetworkStream client, CancellationToken disposed)
    {
        var isHonest = _hostile.IsCancellationRequested;
        var random = new Random(HashCode.Combine(_seed, Interlocked.Increment(ref _connections)));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(disposed, isHonest ? disposed : _hostile.Token);
        var place = !isHonest && random.Next(100) < Percent ? random.Next(FurthestPlace) : int.MaxValue;
        await using var way = new SpoilingStream(client, place, random, ended.Token);
        using var broker = new TcpClient();
        await using var secure = new SslStream(way);
        try
        {
            await secure.AuthenticateAsServerAsync(_tls, ended.Token);
            await broker.ConnectAsync("127.0.0.1", _brokerPort, ended.Token);
            var requests = secure.CopyToAsync(broker.GetStream(), ended.Token);
            var answers = AnswerAsync(broker.GetStream(), secure, isHonest ? null : random, ended.Token);
            await await Task.WhenAny(requests, answers);
        }
        finally
        {
            if (way.HasSpoilt)
            {
                Interlocked.Increment(ref _spoilt);
            }
        }
    }

    private async Task AnswerAsync(Stream broker, Stream client, Random? random, CancellationToken ended)
    {
        var mutator = random is null ? null : new AnswerMutator(random);
        byte[] last = new byte[sizeof(long)];
        while (true)
        {
            var length = new byte[sizeof(int)];
            await broker.ReadExactlyAsync(length, ended);
            var frame = new byte[sizeof(int) + BinaryPrimitives.ReadInt32BigEndian(length)];
            length.CopyTo(frame, 0);
            await broker.ReadExactlyAsync(frame.AsMemory(sizeof(int)), ended);
            Readdress(frame);
            var isSpoilt = random?.Next(100) < Percent;
            if (isSpoilt)
            {
                Interlocked.Increment(ref _spoilt);
            }

            await client.WriteAsync(isSpoilt ? mutator!.SpoilFrame(frame, last) : frame, ended);
            last = frame;
        }
    }

    /// <summary>The end of the host's name, and the port.</summary>
    private void Readdress(byte[] frame)
    {
        Span<byte> theirs = [(byte)'1', 0, 0, 0, 0];
        Span<byte> ours = [(byte)'1', 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(theirs[1..], _brokerPort);
        BinaryPrimitives.WriteInt32BigEndian(ours[1..], PortOf(Address));
        for (var at = frame.AsSpan().IndexOf(theirs); at >= 0; at = frame.AsSpan().IndexOf(theirs))
        {
            ours.CopyTo(frame.AsSpan(at));
        }
    }

    private static int PortOf(string address) => int.Parse(address.AsSpan(address.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);
}
