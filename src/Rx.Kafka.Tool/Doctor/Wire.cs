using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rx.Kafka.Tool.Doctor;

/// <summary>A connection of the doctor's own: it looks at what the producer does not show.</summary>
internal static class Wire
{
    /// <summary>Connects to the first address that answers; each has its share of the step's time, the last one all that is left.</summary>
    public static async Task<Socket> ConnectAsync(IPAddress[] addresses, int port, Bedside bedside, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var isLast = i == addresses.Length - 1;
            var share = isLast ? Timeout.InfiniteTimeSpan : bedside.Patience / addresses.Length;
            using var limit = new CancellationTokenSource(share, bedside.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses[i], port, either.Token);
                return socket;
            }
            catch (Exception fault)
            {
                socket.Dispose();
                if (isLast || cancellationToken.IsCancellationRequested || fault is not (SocketException or OperationCanceledException))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Shakes hands with anybody, to see the certificate: whether it is trusted is for the producer to say.</summary>
    public static async Task<SslStream> LookAsync(Stream stream, string host, TlsOptions tls, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    RemoteCertificateValidationCallback = static (_, _, _, _) => true,
                    ClientCertificates = Own(tls) is { } own ? [own] : null,
                },
                cancellationToken);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a handshake failed for a reason that the producer will explain.</summary>
    public static bool IsRefusal(Exception fault) =>
        fault is AuthenticationException or IOException or SocketException or CryptographicException;

    /// <summary>The client's certificate; null = none, or one that the producer's own sentence will be about.</summary>
    private static X509Certificate2? Own(TlsOptions tls)
    {
        try
        {
            if (tls.PfxFile is { } file && !IsPem(file))
            {
                return X509CertificateLoader.LoadPkcs12FromFile(file, tls.PfxPassword);
            }

            var pem = tls.CertificatePem ?? ((tls.CertificateFile ?? tls.PfxFile) is { } path ? File.ReadAllText(path) : null);
            var key = tls.KeyPem ?? (tls.KeyFile is { } keyPath ? File.ReadAllText(keyPath) : pem);
            return pem is null ? null
                : tls.KeyPassword is { } password ? X509Certificate2.CreateFromEncryptedPem(pem, key, password)
                : X509Certificate2.CreateFromPem(pem, key);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static bool IsPem(string file) => File.ReadAllText(file).Contains("-----BEGIN", StringComparison.Ordinal);
}
