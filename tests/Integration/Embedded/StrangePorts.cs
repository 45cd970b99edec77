using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>What people connect to instead of a Kafka listener.</summary>
internal static class StrangePorts
{
    /// <summary>As web servers do with a request that is none.</summary>
    public static async Task Http(NetworkStream stream, CancellationToken ended)
    {
        await ReadSomething(stream, ended);
        await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), ended);
    }

    /// <summary>As Kafka's TLS listeners, and OpenSSL's servers, do with plain text: a fatal alert "unexpected message" or "record overflow".</summary>
    public static async Task TlsAlert(NetworkStream stream, CancellationToken ended)
    {
        await ReadSomething(stream, ended);
        await stream.WriteAsync(new byte[] { 0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0A }, ended);
    }

    /// <summary>A real TLS server.</summary>
    public static async Task Tls(NetworkStream stream, CancellationToken ended)
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate.Value }, ended);
    }

    /// <summary>Takes connections and says nothing.</summary>
    public static async Task Mute(NetworkStream stream, CancellationToken ended)
    {
        while (await stream.ReadAsync(new byte[1024], ended) > 0)
        {
        }
    }

    /// <summary>Hangs up on everybody.</summary>
    public static Task HangUp(NetworkStream stream, CancellationToken ended) => Task.CompletedTask;

    /// <summary>Says hello first, as SSH and SMTP do.</summary>
    public static async Task Ssh(NetworkStream stream, CancellationToken ended)
    {
        await stream.WriteAsync("SSH-2.0-OpenSSH_9.6\r\n"u8.ToArray(), ended);
        await Mute(stream, ended);
    }

    private static readonly Lazy<X509Certificate2> Certificate = new(static () =>
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    });

    private static Task<int> ReadSomething(NetworkStream stream, CancellationToken ended) => stream.ReadAtLeastAsync(new byte[8], 8, throwOnEndOfStream: false, ended).AsTask();
}
