using System.IO.Pipelines;
using System.Net.Sockets;

namespace Rx.Kafka.Network;

/// <summary>A connected socket as two pipe ends; completing both closes it.</summary>
internal sealed class SocketPipe : IDuplexPipe
{
    private const int ReadBufferBytes = 32 * 1024;

    private readonly Socket _socket;
    private int _open = 2;

    public SocketPipe(Socket socket, int segmentBytes)
    {
        _socket = socket;
        Input = PipeReader.Create(new Half(this), new StreamPipeReaderOptions(bufferSize: ReadBufferBytes, leaveOpen: false));
        Output = PipeWriter.Create(new Half(this), new StreamPipeWriterOptions(minimumBufferSize: segmentBytes, leaveOpen: false));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    private void CloseHalf()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _socket.Dispose();
        }
    }

    /// <summary>One direction's stream; its pipe end disposes it once.</summary>
    private sealed class Half(SocketPipe pipe) : NetworkStream(pipe._socket, ownsSocket: false)
    {
        private int _disposed;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                pipe.CloseHalf();
            }
        }
    }
}
