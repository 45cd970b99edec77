namespace Rx.Kafka.Integration.Embedded.HostileTls;

/// <summary>One side of a connection whose bytes to the other side are spoilt once, somewhere in what is written. One writer at a time.</summary>
/// <param name="inner">The connection.</param>
/// <param name="place">How many bytes go before; int.MaxValue = nothing is spoilt.</param>
/// <param name="random">Decides what is done; null = nothing comes any more.</param>
/// <param name="ended">Ends what would never end.</param>
internal sealed class SpoilingStream(Stream inner, int place, Random? random, CancellationToken ended) : Stream
{
    // A record of 64 KiB, which TLS does not have; a warning and a fatal alert; a second ServerHello that claims 16 MiB.
    private static readonly byte[][] Foreign = [[0x17, 3, 3, 0xFF, 0xFF], [0x15, 3, 3, 0, 2, 1, 90], [0x15, 3, 3, 0, 2, 2, 40], [0x16, 3, 3, 0, 4, 2, 0xFF, 0xFF, 0xFF]];

    private int _left = place;

    public bool HasSpoilt { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left >= buffer.Length)
        {
            _left -= buffer.Length;
            await inner.WriteAsync(buffer, cancellationToken);
            return;
        }

        var (before, after) = (buffer[.._left], buffer[_left..].ToArray());
        _left = int.MaxValue;
        HasSpoilt = true;
        await inner.WriteAsync(before, cancellationToken);
        await SpoilAsync(after);
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task SpoilAsync(byte[] bytes)
    {
        switch (random?.Next(6))
        {
            case 0:
                throw new IOException("Cut.");
            case 1:
                bytes[random!.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                await inner.WriteAsync(bytes, ended);
                break;
            case 2:
                await inner.WriteAsync(Foreign[random!.Next(Foreign.Length)], ended);
                await inner.WriteAsync(bytes, ended);
                break;
            case 3:
                await inner.WriteAsync(bytes, ended);
                await inner.WriteAsync(bytes, ended);
                break;
            case 4:
                var noise = new byte[random!.Next(1, 20_000)];
                random.NextBytes(noise);
                await inner.WriteAsync(noise, ended);
                break;
            default:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ended);
                break;
        }
    }
}
