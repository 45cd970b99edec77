using System.Buffers.Binary;
using System.Text;

namespace Rx.Kafka.Integration.Tool;

/// <summary>Speaks as an old broker does, and tells clients of one broker wherever it likes.</summary>
internal static class Liar
{
    private const short ApiVersions = 18;
    private const short UnsupportedVersion = 35;

    public static async Task ServeAsync(Stream stream, string host, int port, CancellationToken ended)
    {
        while (true)
        {
            var size = new byte[4];
            await stream.ReadExactlyAsync(size, ended);
            var request = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
            await stream.ReadExactlyAsync(request, ended);
            var version = BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2));
            byte[] body = BinaryPrimitives.ReadInt16BigEndian(request) == ApiVersions
                ? [.. I16(version == 0 ? 0 : UnsupportedVersion), .. I32(4), .. Api(0, 3, 7), .. Api(3, 1, 1), .. Api(ApiVersions, 0, 0), .. Api(22, 0, 1)]
                : [.. I32(1), .. I32(7), .. Text(host), .. I32(port), .. I16(-1), .. I32(7), .. I32(0)]; // Metadata 1: brokers, controller, topics
            await stream.WriteAsync((byte[])[.. I32(body.Length + 4), .. request.AsSpan(4, 4), .. body], ended);
        }
    }

    private static byte[] Api(int key, int minimum, int maximum) => [.. I16(key), .. I16(minimum), .. I16(maximum)];

    private static byte[] Text(string text) => [.. I16(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] I16(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] I32(int value) => [.. I16(value >> 16), .. I16(value)];
}
