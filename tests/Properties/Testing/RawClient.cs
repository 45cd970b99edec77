using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Properties.Testing;

/// <summary>A client that sends what it is told and shows what comes back: the brokers' tests do not rest on the producer.</summary>
internal sealed class RawClient(IDuplexPipe pipe)
{
    private int _correlation;

    public static async Task<RawClient> ConnectAsync(ITransport transport, string address)
    {
        var colon = address.LastIndexOf(':');
        var endPoint = new DnsEndPoint(address[..colon], int.Parse(address[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        return new RawClient(await transport.ConnectAsync(endPoint, CancellationToken.None));
    }

    public async Task SendAsync(ApiKey key, short version, Action<WireWriter> body, int? correlation = null)
    {
        var writer = new WireWriter();
        writer.BeginFrame();
        writer.Int16((short)key);
        writer.Int16(version);
        writer.Int32(correlation ?? _correlation++);
        writer.String("raw", flexible: false);
        writer.NoTags(Apis.IsFlexible(key, version));
        body(writer);
        writer.EndFrame();
        await pipe.Output.WriteAsync(writer.Written);
    }

    /// <summary>The next answer without its size; null = the connection ended.</summary>
    public async Task<byte[]?> ReceiveAsync()
    {
        while (true)
        {
            var read = await pipe.Input.ReadAsync();
            var buffer = read.Buffer;
            if (buffer.Length >= 4)
            {
                var size = BinaryPrimitives.ReadInt32BigEndian(buffer.Slice(0, 4).ToArray());
                if (buffer.Length >= size + 4L)
                {
                    var frame = buffer.Slice(4, size).ToArray();
                    pipe.Input.AdvanceTo(buffer.GetPosition(size + 4L));
                    return frame;
                }
            }

            pipe.Input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    public async Task<byte[]?> AskAsync(ApiKey key, short version, Action<WireWriter> body)
    {
        await SendAsync(key, version, body);
        return await ReceiveAsync();
    }

    public Task SendProduceAsync(short version, short acks, params (string Topic, int Partition, byte[] Batch)[] parts) => SendAsync(ApiKey.Produce, version, w =>
    {
        var flexible = Apis.IsFlexible(ApiKey.Produce, version);
        w.String(null, flexible);
        w.Int16(acks);
        w.Int32(30_000);
        w.Count(parts.Length, flexible);
        foreach (var (topic, partition, batch) in parts)
        {
            w.String(topic, flexible);
            w.Count(1, flexible);
            w.Int32(partition);
            w.Count(batch.Length, flexible);
            w.Raw(batch);
            w.NoTags(flexible);
            w.NoTags(flexible);
        }

        w.NoTags(flexible);
    });

    public async Task<Produced?> ProduceAsync(short version, short acks, string topic, int partition, byte[] batch)
    {
        await SendProduceAsync(version, acks, (topic, partition, batch));
        return acks == 0 ? null : await ReceiveProducedAsync(version);
    }

    /// <summary>Reads the answer to a Produce request of one partition.</summary>
    public async Task<Produced?> ReceiveProducedAsync(short version) => await ReceiveAsync() is { } frame ? Produced.Read(frame, version) : null;

    public async Task CloseAsync()
    {
        await pipe.Output.CompleteAsync();
        await pipe.Input.CompleteAsync();
    }
}
