using System.Buffers;
using System.IO.Pipelines;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>The broker's end of a connection in memory, worked by hand.</summary>
internal sealed class Peer(IDuplexPipe pipe, World world)
{
    private bool _inputEnded;

    /// <summary>Whether the client has closed its writing end.</summary>
    public bool ClientClosed { get; private set; }

    /// <summary>Takes the whole requests that have come.</summary>
    public List<SentRequest> Received() => world.Do(Receive);

    /// <summary>Sends bytes; they are there when this returns.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        world.Do(() =>
        {
            pipe.Output.Write(copy);
            pipe.Output.FlushAsync().AsTask().GetAwaiter().GetResult(); // never waits: there is room without end
        });
    }

    /// <summary>Closes the broker's end.</summary>
    public void Close() => world.Do(() =>
    {
        _inputEnded = true;
        pipe.Output.Complete();
        pipe.Input.Complete();
    });

    // A pipe runs whom it wakes in the waker's place, so even this end works where the loops do.
    private List<SentRequest> Receive()
    {
        var requests = new List<SentRequest>();
        try
        {
            while (!_inputEnded && pipe.Input.TryRead(out var result))
            {
                var buffer = result.Buffer;
                while (buffer.Length >= 4 && buffer.Length - 4 >= Wire.ReadI32(buffer.Slice(0, 4).ToArray()))
                {
                    var size = Wire.ReadI32(buffer.Slice(0, 4).ToArray());
                    requests.Add(new SentRequest(buffer.Slice(4, size).ToArray()));
                    buffer = buffer.Slice(4 + size);
                }

                pipe.Input.AdvanceTo(buffer.Start, buffer.End);
                ClientClosed |= result.IsCompleted;
                if (result.IsCompleted || requests.Count > 0)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            // The client gave up in the middle of a write.
            ClientClosed = true;
            _inputEnded = true;
        }

        return requests;
    }
}
