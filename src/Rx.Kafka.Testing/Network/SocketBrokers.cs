using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Rx.Kafka.Testing.Brokers;

namespace Rx.Kafka.Testing.Network;

/// <summary>Brokers on loopback sockets, with TLS or without. The lock guards the listeners.</summary>
internal sealed class SocketBrokers(BrokerTls? tls) : IBrokerNetwork
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>After a connection could not be accepted, as where the process has no handles left.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Socket> _listeners = [];
    private readonly List<Task> _running = [];
    private readonly CancellationTokenSource _ending = new(); // of handshakes: no session cuts those

    public void Open(Broker broker, Func<IDuplexPipe, Action, Task> serve)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, broker.Port));
            listener.Listen(512);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        broker.Host = IPAddress.Loopback.ToString();
        broker.Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        lock (_lock)
        {
            _listeners[broker.Id] = listener;
            Keep(Start(() => AcceptAsync(listener, serve)));
        }
    }

    public int AnotherPort(Broker broker) => 0;

    public void Close(Broker broker)
    {
        lock (_lock)
        {
            if (_listeners.Remove(broker.Id, out var listener))
            {
                listener.Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_ending.IsCancellationRequested)
        {
            return;
        }

        lock (_lock)
        {
            foreach (var listener in _listeners.Values)
            {
                listener.Dispose();
            }

            _listeners.Clear();
        }

        await _ending.CancelAsync();
        while (Running() is { Length: > 0 } running)
        {
            await Task.WhenAll(running); // a listener may have accepted one more
        }

        _ending.Dispose();
    }

    // Off the caller's context: a test's synchronization context must not serve brokers.
    private static Task Start(Func<Task> body) =>
        Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).Unwrap();

    private async Task AcceptAsync(Socket listener, Func<IDuplexPipe, Action, Task> serve)
    {
        while (true)
        {
            try
            {
                var socket = await listener.AcceptAsync();
                lock (_lock)
                {
                    Keep(Start(() => ServeAsync(socket, serve)));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (!Listens(listener))
                {
                    return;
                }

                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }

    private bool Listens(Socket listener)
    {
        lock (_lock)
        {
            return _listeners.ContainsValue(listener);
        }
    }

    private async Task ServeAsync(Socket socket, Func<IDuplexPipe, Action, Task> serve)
    {
        Stream stream;
        try
        {
            socket.NoDelay = true;
            stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            socket.Dispose();
            return; // the client has gone already
        }

        if (tls is not null)
        {
            try
            {
                stream = await tls.SecureAsync(stream, _ending.Token);
            }
            catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException)
            {
                return; // the stream is closed; the client was told
            }
        }

        await using (stream)
        {
            var pipe = new DuplexPipe(
                PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, minimumReadSize: BufferBytes / 8, leaveOpen: true, useZeroByteReads: true)),
                PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)));

            // Closing with a time of 0 sends a reset instead of a farewell.
            await serve(pipe, () => socket.Close(0));
        }
    }

    private Task[] Running()
    {
        lock (_lock)
        {
            return [.. _running.Where(static task => !task.IsCompletedSuccessfully)];
        }
    }

    /// <summary>Those that failed stay, for the end to tell: a test's own code may have thrown.</summary>
    private void Keep(Task task)
    {
        _running.RemoveAll(static ended => ended.IsCompletedSuccessfully);
        _running.Add(task);
    }
}
