using System.Buffers;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Properties.Protocol;

/// <summary>Reads answers as the product does, and holds it to two promises: one kind of fault only, and never more memory than the bytes are worth.</summary>
internal static class BoundedReading
{
    // A partition of 18 bytes becomes a struct of 40, a topic of 9 an object of 56 and a reference; the constant is for the exception and its text.
    private const int BytesPerByte = 32;
    private const int BytesPerFault = 16 * 1024;
    private const int MaximumFrameBytes = 1 << 20;

    /// <summary>Reads one answer's body.</summary>
    /// <returns>False when it was malformed.</returns>
    public static bool Body(ApiKey key, short version, byte[] body) =>
        WithinBounds(key, version, body, static (key, version, body) => Body(key, version, new KafkaReader(body)));

    /// <summary>Reads what came from a connection: all whole frames, each with its header.</summary>
    /// <returns>False when some of it was malformed.</returns>
    public static bool Stream(ApiKey key, short version, byte[] received) =>
        WithinBounds(key, version, received, static (key, version, received) =>
        {
            var buffer = new ReadOnlySequence<byte>(received);
            while (FrameDecoder.TryRead(ref buffer, MaximumFrameBytes, out var frame))
            {
                var r = new KafkaReader(frame.FirstSpan);
                ResponseHeader.Read(ref r, key, version);
                Body(key, version, r);
            }
        });

    private static bool WithinBounds(ApiKey key, short version, byte[] bytes, Action<ApiKey, short, byte[]> read)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var wasRead = true;
        try
        {
            read(key, version, bytes);
        }
        catch (MalformedDataException)
        {
            wasRead = false;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > ((long)BytesPerByte * bytes.Length) + BytesPerFault)
        {
            Assert.Fail($"{allocated} bytes were allocated for {bytes.Length} bytes of {key} v{version}");
        }

        return wasRead;
    }

    // The product's readers alone: what a test prints would be counted too.
    private static void Body(ApiKey key, short version, KafkaReader r)
    {
        switch (key)
        {
            case ApiKey.ApiVersions:
                ApiVersionsResponse.Read(ref r, version);
                break;
            case ApiKey.Metadata:
                MetadataResponse.Read(ref r, version);
                break;
            case ApiKey.InitProducerId:
                InitProducerIdResponse.Read(ref r, version);
                break;
            case ApiKey.SaslHandshake:
                SaslHandshakeResponse.Read(ref r);
                break;
            case ApiKey.SaslAuthenticate:
                SaslAuthenticateResponse.Read(ref r, version);
                break;
            case ApiKey.GetTelemetrySubscriptions:
                GetTelemetrySubscriptionsResponse.Read(ref r);
                break;
            case ApiKey.PushTelemetry:
                PushTelemetryResponse.Read(ref r);
                break;
            case ApiKey.Produce:
                var reader = new ProduceResponseReader(r, version);
                while (reader.NextTopic(out _, out _))
                {
                    while (reader.NextPartition(out _))
                    {
                    }
                }

                reader.End(out _, out _);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(key), key, "not read by the producer");
        }
    }
}
