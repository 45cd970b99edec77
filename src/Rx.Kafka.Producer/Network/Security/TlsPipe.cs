using System.IO.Pipelines;
using System.Net.Security;

namespace Rx.Kafka.Network.Security;

/// <summary>A secured connection as two pipe ends; completing both closes it.</summary>
internal sealed class TlsPipe : IDuplexPipe
{
    private const int ReadBufferBytes = 32 * 1024;

    private readonly SslStream _stream;
    private int _open = 2;

    public TlsPipe(SslStream stream, int segmentBytes)
    {
        _stream = stream;
        Input = PipeReader.Create(new Half(this), new StreamPipeReaderOptions(bufferSize: ReadBufferBytes, leaveOpen: false));
        Output = PipeWriter.Create(new Half(this), new StreamPipeWriterOptions(minimumBufferSize: segmentBytes, leaveOpen: false));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>One direction's view of the stream; its pipe end disposes it once.</summary>
    private sealed class Half(TlsPipe pipe) : Stream
    {
        private int _disposed;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            pipe._stream.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            pipe._stream.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => pipe._stream.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => pipe._stream.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => pipe._stream.Write(buffer, offset, count);

        public override void Flush() => pipe._stream.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0 && Interlocked.Decrement(ref pipe._open) == 0)
            {
                pipe._stream.Dispose();
            }
        }
    }
}
