using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using FsCheck;
using Rx.Kafka.Network.Security;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Network.Security;

/// <summary>A peer, or somebody between, that is not what it should be: a clear end, and never a wrong byte.</summary>
public sealed class TlsHandshakeTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);
    private static readonly TestAuthority Authority = new("ours");
    private static readonly byte[] Sent = [.. Enumerable.Range(0, 200).Select(static i => (byte)i)];
    private static readonly SslStreamCertificateContext Server = Certificate(Authority.Issue("broker", ["broker"]));

    [Property(MaxTest = 60)]
    public void Any_bytes_instead_of_a_handshake_end_it_with_a_fault_of_ours(byte[] answer) => Run(async () =>
    {
        var (client, server) = Wire.Pair();
        await server.WriteAsync(answer);
        server.End();
        var fault = await Xunit.Record.ExceptionAsync(() => SecureAsync(client));
        Assert.IsType<KafkaException>(fault, exactMatch: false);
    });

    [Property(MaxTest = 60)]
    public void A_bit_that_is_flipped_on_the_way_or_a_cut_is_never_taken_for_data(PositiveInt place, byte bit, bool isCut) => Run(async () =>
    {
        var (client, server) = Wire.Pair(new Spoiling(place.Get * 37 % 2000, (byte)(1 << (bit % 8)), isCut));
        var serving = ServeAsync(server);
        try
        {
            await using var secure = await SecureAsync(client, Short);
            var read = new byte[Sent.Length];
            var count = await secure.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false);
            Assert.Equal(Sent.AsSpan(0, count), read.AsSpan(0, count));
        }
        catch (Exception e) when (e is KafkaException or IOException or OperationCanceledException)
        {
            // Refused; or a length that was spoilt lets both wait for more, and the setup timeout ends it.
        }

        client.End();
        await serving;
    });

    [Fact]
    public void Without_an_attack_the_bytes_come() => Run(async () =>
    {
        var (client, server) = Wire.Pair();
        var serving = ServeAsync(server);
        await using var secure = await SecureAsync(client);
        var read = new byte[Sent.Length];
        await secure.ReadExactlyAsync(read);
        Assert.Equal(Sent, read);
        client.End();
        await serving;
    });

    [Fact]
    public void A_peer_that_never_speaks_is_left_when_the_time_is_over() => Run(async () =>
    {
        var (client, _) = Wire.Pair();
        using var over = new CancellationTokenSource();
        var securing = new TlsClient(new TlsOptions(), TimeProvider.System).SecureAsync(client, "broker", "broker:9093", over.Token);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => securing);
        Assert.True(client.IsDisposed);
    });

    [Theory]
    [InlineData("elsewhere", "its certificate is for broker, not for elsewhere")]
    [InlineData("broker", null)]
    public void A_certificate_is_for_its_host_alone(string host, string? fault) => Run(() => ShakesAsync(new TlsOptions { CaPem = Authority.CertificatePem }, host, fault));

    [Fact]
    public void A_certificate_of_another_authority_is_refused() =>
        Run(() => ShakesAsync(new TlsOptions { CaPem = new TestAuthority("theirs").CertificatePem }, "broker", "its certificate is not of an authority in CaPem"));

    [Theory]
    [InlineData("broker", "broker")]
    [InlineData("broker.", "broker")]
    [InlineData("kafka_1.example", "kafka_1.example")]
    [InlineData("127.0.0.1", null)]
    [InlineData("::1", null)]
    public void The_name_is_told_to_the_peer_and_an_address_is_not(string host, string? told) => Run(async () =>
    {
        string? heard = null;
        var (client, server) = Wire.Pair();
        using var serving = new SslStream(server);
        var served = serving.AuthenticateAsServerAsync(
            (_, hello, _, _) =>
            {
                heard = hello.ServerName;
                throw new InvalidOperationException("enough");
            },
            null);
        var securing = new TlsClient(new TlsOptions(), TimeProvider.System).SecureAsync(client, host, host, default);
        await Assert.ThrowsAnyAsync<Exception>(() => served);
        server.End();
        await Assert.ThrowsAnyAsync<KafkaException>(() => securing);
        Assert.Equal(told ?? "", heard);
    });

    [Fact]
    public void What_a_stranger_writes_into_a_certificate_neither_fills_the_log_nor_begins_lines_in_it()
    {
        var authority = new TestAuthority("x" + new string('y', 500));
        using var forged = X509CertificateLoader.LoadCertificate(Certificate(authority.Issue("client")).TargetCertificate.RawDataMemory.Span);
        var peer = new PeerCertificate("broker", checksHost: true, "CaFile");
        Assert.False(peer.IsTaken(forged, null, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.InRange(peer.Fault!.Length, 1, 400);
        Assert.DoesNotContain(peer.Fault, char.IsControl);
    }

    private static void Run(Func<Task> body) => Task.Run(body).GetAwaiter().GetResult();

    private static async Task<SslStream> SecureAsync(Wire client, TimeSpan? patience = null)
    {
        using var over = new CancellationTokenSource(patience ?? Long);
        return await new TlsClient(new TlsOptions { CaPem = Authority.CertificatePem }, TimeProvider.System).SecureAsync(client, "broker", "broker:9093", over.Token);
    }

    /// <summary>Shakes hands, or fails with these words.</summary>
    private static async Task ShakesAsync(TlsOptions options, string host, string? fault)
    {
        var (client, server) = Wire.Pair();
        var serving = ServeAsync(server);
        try
        {
            await using var secure = await new TlsClient(options, TimeProvider.System).SecureAsync(client, host, $"{host}:9093", default);
            Assert.Null(fault);
        }
        catch (KafkaAuthenticationException e)
        {
            Assert.Contains(fault ?? "(none is expected)", e.Message, StringComparison.Ordinal);
        }

        client.End();
        await serving;
    }

    private static async Task ServeAsync(Wire wire)
    {
        await using var secure = new SslStream(wire);
        try
        {
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = Server });
            await secure.WriteAsync(Sent);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The client has left, or was misled.
        }

        wire.End();
    }

    private static SslStreamCertificateContext Certificate(string pem)
    {
        using var made = X509Certificate2.CreateFromPem(pem, pem);
        return SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null), null, offline: true);
    }

    /// <summary>Changes one bit of a stream, or ends it there.</summary>
    private sealed class Spoiling(int place, byte bit, bool isCut)
    {
        private int _passed;

        public int Pass(Span<byte> bytes)
        {
            var at = place - _passed;
            _passed += bytes.Length;
            if (at < 0 || at >= bytes.Length)
            {
                return at < 0 && isCut ? 0 : bytes.Length;
            }

            bytes[at] ^= bit;
            return isCut ? at : bytes.Length;
        }
    }

    /// <summary>One end of a connection in memory.</summary>
    private sealed class Wire(Stream input, PipeWriter output, Spoiling? spoiling = null) : Stream
    {
        public bool IsDisposed { get; private set; }

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public static (Wire Client, Wire Server) Pair(Spoiling? toClient = null)
        {
            var (up, down) = (new Pipe(), new Pipe());
            return (new Wire(down.Reader.AsStream(), up.Writer), new Wire(up.Reader.AsStream(), down.Writer, toClient));
        }

        public void End() => output.Complete();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var bytes = buffer.ToArray();
            var count = spoiling?.Pass(bytes) ?? bytes.Length;
            await output.WriteAsync(bytes.AsMemory(0, count), cancellationToken);
        }

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
