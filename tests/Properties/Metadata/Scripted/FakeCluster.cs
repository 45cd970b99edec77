using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Metadata.Scripted;

/// <summary>A small cluster in memory that speaks the wire with the tests' own encoder, and does what the test says.</summary>
internal sealed class FakeCluster(World world) : ITransport
{
    private readonly List<Held> _held = [];
    private readonly List<MemoryDuplex> _open = [];

    public List<FakeBroker> Brokers { get; } = [];

    public Dictionary<string, FakeTopic> Topics { get; } = new(StringComparer.Ordinal);

    public string? ClusterId { get; set; } = "c1";

    /// <summary>Metadata answers that say something else than the truth: called for each, null = the truth.</summary>
    public Func<FakeBroker, SentRequest, byte[]?>? OnMetadata { get; set; }

    /// <summary>Error codes of the coming InitProducerId answers; then 0.</summary>
    public Queue<short> ProducerIdErrors { get; } = new();

    /// <summary>Ids and epochs of the coming answers without an error; then 4001 and so on.</summary>
    public Queue<(long Id, short Epoch)> ProducerIds { get; } = new();

    /// <summary>Answers wait for <see cref="Release"/>.</summary>
    public bool Hold { get; set; }

    /// <summary>Everything that happened.</summary>
    public List<string> Trace { get; } = [];

    /// <summary>The topics of each metadata request, sorted and joined.</summary>
    public IEnumerable<string> Asked => Trace.Where(t => t.StartsWith("metadata ", StringComparison.Ordinal)).Select(t => t.Split(' ')[2]);

    public int Connects => Trace.Count(t => t.StartsWith("connect ", StringComparison.Ordinal));

    /// <summary>Connections that the client has not closed.</summary>
    public int Open => _open.Count;

    /// <summary>Answers that wait.</summary>
    public int HeldCount => _held.Count;

    /// <summary>More than one metadata request was on its way at once.</summary>
    public bool Overlapped { get; private set; }

    public ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var host = ((DnsEndPoint)endPoint).Host;
        Trace.Add($"connect {host} {world.Time.GetTimestamp() / TimeSpan.TicksPerMillisecond}");
        var broker = Brokers.Find(b => b.Host == host);
        if (broker is null || broker.Down)
        {
            throw new SocketException((int)SocketError.ConnectionRefused);
        }

        var (client, server) = MemoryDuplex.Pair();
        _open.Add(server);
        _ = Task.Factory.StartNew(() => ServeAsync(broker, server), CancellationToken.None, TaskCreationOptions.None, world.Tasks);
        return new ValueTask<IDuplexPipe>(client);
    }

    /// <summary>Sends the answers that wait, and those to come.</summary>
    public void Release() => world.Do(() =>
    {
        Hold = false;
        foreach (var held in _held.ToArray())
        {
            Answer(held);
        }
    });

    /// <summary>Cuts all connections.</summary>
    public void Cut() => world.Do(() =>
    {
        _held.Clear();
        foreach (var server in _open.ToArray())
        {
            End(server);
        }
    });

    /// <summary>The truth, in a version's layout.</summary>
    public byte[] Metadata(int version, IEnumerable<string> asked) => MetadataBody.Write(
        version,
        [.. Brokers.Select(b => (b.Id, b.Host, 9092))],
        ClusterId,
        [.. asked.Select(name => Topics.GetValueOrDefault(name) ?? new FakeTopic(name, Guid.Empty, 3))]);

    private async Task ServeAsync(FakeBroker broker, MemoryDuplex server)
    {
        try
        {
            while (true)
            {
                var result = await server.Input.ReadAsync();
                var buffer = result.Buffer;
                while (buffer.Length >= 4 && buffer.Length - 4 >= Wire.ReadI32(buffer.Slice(0, 4).ToArray()))
                {
                    var size = Wire.ReadI32(buffer.Slice(0, 4).ToArray());
                    Take(broker, server, new SentRequest(buffer.Slice(4, size).ToArray()));
                    buffer = buffer.Slice(4 + size);
                }

                if (result.IsCompleted || !_open.Contains(server))
                {
                    break;
                }

                server.Input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            // The client gave up.
        }

        End(server);
    }

    private void Take(FakeBroker broker, MemoryDuplex server, SentRequest request)
    {
        var held = new Held(broker, server, request);
        if (request.Key == 3)
        {
            Overlapped |= _held.Exists(h => h.Request.Key == 3 && _open.Contains(h.Server));
            Trace.Add($"metadata {broker.Host} {string.Join(',', request.Topics(out _).Order(StringComparer.Ordinal))} {world.Time.GetTimestamp() / TimeSpan.TicksPerMillisecond}");
        }

        if (broker.DropsAtOnce)
        {
            End(server);
            return;
        }

        _held.Add(held);
        if (!broker.Silent && (!Hold || request.Key == 18))
        {
            Answer(held);
        }
    }

    private void Answer(Held held)
    {
        _held.Remove(held);
        if (held.Broker.Silent || !_open.Contains(held.Server))
        {
            return;
        }

        var body = held.Request.Key switch
        {
            18 => Versions(held.Broker, held.Request.Version),
            3 => OnMetadata?.Invoke(held.Broker, held.Request) ?? Metadata(held.Request.Version, held.Request.Topics(out _)),
            22 => ProducerId(held.Request.Version),
            _ => throw new InvalidOperationException($"API {held.Request.Key}"),
        };
        if (body.Length == 0)
        {
            End(held.Server);
            return;
        }

        held.Server.Output.Write(Wire.Frame(held.Request.CorrelationId, body, held.Request.Key != 18 && SentRequest.IsFlexible(held.Request.Key, held.Request.Version)));
        held.Server.Output.FlushAsync().AsTask().GetAwaiter().GetResult(); // never waits: there is room without end
    }

    private static byte[] Versions(FakeBroker broker, int version)
    {
        var apis = new List<(int, int, int)> { (0, 0, 9), (3, broker.MetadataMin, broker.MetadataMax), (18, 0, 4) };
        if (broker.InitProducerIdMax >= 0)
        {
            apis.Add((22, 0, broker.InitProducerIdMax));
        }

        return Dialing.VersionsBody(version, 0, [.. apis]);
    }

    private byte[] ProducerId(int version)
    {
        var error = ProducerIdErrors.TryDequeue(out var code) ? code : (short)0;
        Trace.Add($"producerid {error} {world.Time.GetTimestamp() / TimeSpan.TicksPerMillisecond}");
        var id = Trace.Count(t => t.StartsWith("producerid 0 ", StringComparison.Ordinal));
        var (given, epoch) = error != 0 ? (-1, (short)-1) : ProducerIds.TryDequeue(out var next) ? next : (4000 + id, (short)0);
        return new Wire().I32(0).I16(error).I64(given).I16(epoch).Tags(version >= 2).ToArray();
    }

    private void End(MemoryDuplex server)
    {
        if (_open.Remove(server))
        {
            server.Output.Complete();
            server.Input.Complete();
        }
    }

    private sealed record Held(FakeBroker Broker, MemoryDuplex Server, SentRequest Request);
}
