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
            throw new InvalidOperationException($"{request.Key} v{request.Version} measured {measured} bytes and wrote "
                + $"{w.Written - sizeof(int)}.");
        }
    }
}

/// <summary>The numbers that match answers to requests: one counter per client, shared by all its connections.</summary>
internal sealed class CorrelationIds
{
    /// <summary>Java keeps the last 8 values for SASL re-authentication; brokers' logs stay readable if we do too.</summary>
    private const uint Limit = int.MaxValue - 7;

    private long _last = -1;

    /// <summary>Starts at 0, or behind a given number.</summary>
    public CorrelationIds(int last = -1) => _last = last;

    /// <summary>The next number, from 0 to int.MaxValue − 8, then from 0 again.</summary>
    public int Next() => (int)((ulong)Interlocked.Increment(ref _last) % Limit);
}
