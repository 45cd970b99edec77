using System.Buffers.Binary;
using System.Net.Sockets;

namespace Rx.Kafka.Network.Security;

/// <summary>
/// Tells a listener without TLS from one that is starting or stopping: both hang up on a TLS handshake without a word. It is asked for
/// its versions in plain text, which carries no secret; the answer is for the error's text alone, and never makes us go on without TLS.
/// </summary>
internal static class PlainListener
{
    private const int CorrelationId = 0x5258_4B41;
    private const int LargestAnswer = 64 * 1024;

    // size, api_key = 18, api_version = 0, correlation_id, client_id = null
    private static readonly byte[] Request = [0, 0, 0, 10, 0, 18, 0, 0, 0x52, 0x58, 0x4B, 0x41, 0xFF, 0xFF];

    /// <summary>Whether a broker answers in plain text. The socket is connected, and not used for anything else.</summary>
    public static async Task<bool> AnswersAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: false);
            await stream.WriteAsync(Request, cancellationToken);
            var head = new byte[8];
            for (var count = 0; count < head.Length;)
            {
                var read = await stream.ReadAsync(head.AsMemory(count), cancellationToken);
                if (read == 0)
                {
                    return false;
                }

                count += read;
            }

            return BinaryPrimitives.ReadInt32BigEndian(head) is > 4 and < LargestAnswer
                && BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) == CorrelationId;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false;
        }
    }
}
