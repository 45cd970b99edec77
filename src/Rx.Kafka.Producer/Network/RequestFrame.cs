using System.IO.Pipelines;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network;

/// <summary>A request on the wire: int32 size, header, body.</summary>
internal static class RequestFrame
{
    /// <summary>The bytes behind the size.</summary>
    public static int Measure(KafkaRequest request, short version, string clientId)
    {
        var w = KafkaWriter.Measuring();
        RequestHeader.Write(ref w, request.Key, version, correlationId: 0, clientId);
        request.WriteBody(ref w, version);
        return w.Written;
    }

    /// <summary>Writes the frame of a request whose version and number are set.</summary>
    /// <exception cref="InvalidOperationException">The body is not as long as it measured; the output holds a part of it.</exception>
    public static void Write(PipeWriter output, KafkaRequest request, int measured, string clientId)
    {
        var w = new KafkaWriter(output);
        w.Int32(measured);
        RequestHeader.Write(ref w, request.Key, request.Version, request.CorrelationId, clientId);
        request.WriteBody(ref w, request.Version);
        w.Complete();
        if (w.Written != measured + sizeof(int))
        {
            throw new InvalidOperationException($"{request.Key} v{request.Version} measured {measured} bytes and wrote {w.Written - sizeof(int)}.");
        }
    }
}
