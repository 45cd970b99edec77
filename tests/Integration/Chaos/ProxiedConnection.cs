using System.Net.Sockets;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>A client's connection and the one to the broker behind it, with a pump each way. What is read is owed to the other side, even when the one that sent it has gone.</summary>
internal sealed class ProxiedConnection(Socket client, Socket broker, Func<Weather> weather)
{
    private const int BufferBytes = 64 * 1024;

    private int _torn;

    /// <summary>Whether it ended in the midst of what was on its way.</summary>
    public bool IsTorn => Volatile.Read(ref _torn) != 0;

    /// <summary>Until both sides have ended. Never faults.</summary>
    public async Task RunAsync()
    {
        await Task.WhenAll(PumpAsync(client, broker, Directions.ToBroker), PumpAsync(broker, client, Directions.ToClient));
        client.Dispose();
        broker.Dispose();
    }

    /// <summary>Cuts both sides by a reset. Any thread.</summary>
    public void Cut()
    {
        foreach (var side in new[] { client, broker })
        {
            try
            {
                side.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It has ended already.
            }

            side.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Directions direction)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                if (!await ForwardAsync(to, buffer.AsMemory(0, count), direction))
                {
                    Interlocked.Exchange(ref _torn, 1);
                    client.Dispose();
                    broker.Dispose();
                    return;
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Cut();
        }
    }

    /// <returns>False = torn.</returns>
    private async ValueTask<bool> ForwardAsync(Socket to, ReadOnlyMemory<byte> bytes, Directions direction)
    {
        while (bytes.Length > 0)
        {
            var passage = await weather().LetPassAsync(direction, bytes.Length);
            for (var left = bytes[..passage.Bytes]; left.Length > 0;)
            {
                left = left[await to.SendAsync(left)..];
            }

            if (passage.IsTorn)
            {
                return false;
            }

            bytes = bytes[passage.Bytes..];
        }

        return true;
    }
}
