using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Channels;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Network;

/// <summary>One direction of a virtual connection: takes what is written, lets it travel, and hands it to the reader in order.</summary>
internal sealed class VirtualLink
{
    // Pieces that may travel at once; beyond it the writer waits, as with a full TCP window.
    private const int Window = 64;

    private readonly VirtualWire _wire;
    private readonly Pipe _source;
    private readonly Pipe _sink;
    private readonly Channel<(long Arrival, byte[] Bytes)> _travelling = Channel.CreateBounded<(long, byte[])>(Window);

    // Not with RunContinuationsAsynchronously: WhenAny would then complete by way of the thread pool.
    private readonly TaskCompletionSource _reset = new();
    private bool _cut;

    public VirtualLink(VirtualWire wire)
    {
        _wire = wire;
        _source = wire.NewPipe();
        _sink = wire.NewPipe();
    }

    public PipeWriter Input => _source.Writer;

    public PipeReader Output => _sink.Reader;

    public bool Swallow { get; set; }

    public long Delivered { get; private set; }

    public Task RunAsync() => Task.WhenAll(TakeAsync(), DeliverAsync());

    public void Cut()
    {
        _cut = true;
        _reset.TrySetResult();
        _source.Reader.CancelPendingRead();
        _sink.Writer.CancelPendingFlush();
        _travelling.Writer.TryComplete();
    }

    private static IOException Reset() => new("The connection was reset.", new SocketException((int)SocketError.ConnectionReset));

    private async Task TakeAsync()
    {
        while (true)
        {
            var read = await _source.Reader.ReadAsync();
            if (_cut)
            {
                break;
            }

            if (!Swallow)
            {
                await SendAsync(read.Buffer);
            }

            _source.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || _cut)
            {
                break;
            }
        }

        // The writer of a cut connection learns it by its next flush.
        await _source.Reader.CompleteAsync(_cut ? Reset() : null);
        _travelling.Writer.TryComplete();
    }

    private async ValueTask SendAsync(ReadOnlySequence<byte> bytes)
    {
        var arrival = _wire.Time.GetTimestamp() + (long)(_wire.Network.Latency.TotalSeconds * _wire.Time.TimestampFrequency);
        while (!bytes.IsEmpty && !_cut)
        {
            var most = _wire.Network.MaximumChunkBytes;
            var length = most == 0 ? bytes.Length : Math.Min(bytes.Length, _wire.Random.Next(1, most + 1));
            var piece = bytes.Slice(0, length).ToArray();
            bytes = bytes.Slice(length);
            while (!_travelling.Writer.TryWrite((arrival, piece)))
            {
                if (!await _travelling.Writer.WaitToWriteAsync())
                {
                    return;
                }
            }
        }
    }

    private async Task DeliverAsync()
    {
        while (await _travelling.Reader.WaitToReadAsync())
        {
            while (!_cut && _travelling.Reader.TryRead(out var piece))
            {
                await TravelAsync(piece.Arrival);
                if (!_cut && !Swallow && !await DeliverAsync(piece.Bytes))
                {
                    // Nobody reads there any more: the writer is told as a socket would, by a reset.
                    Cut();
                }
            }

            if (_cut)
            {
                break;
            }
        }

        if (Swallow)
        {
            // The end vanishes too; only a cut tells the reader.
            await _reset.Task;
        }

        await _sink.Writer.CompleteAsync(_cut ? Reset() : null);
    }

    private async ValueTask TravelAsync(long arrival)
    {
        var left = arrival - _wire.Time.GetTimestamp();
        if (left > 0)
        {
            await Task.WhenAny(Task.Delay(_wire.Time.GetElapsedTime(0, left), _wire.Time), _reset.Task);
        }
    }

    private async ValueTask<bool> DeliverAsync(byte[] bytes)
    {
        _wire.Trace(((long)bytes.Length << 32) | Crc32C.Compute(bytes));
        Delivered += bytes.Length;
        bytes.CopyTo(_sink.Writer.GetMemory(bytes.Length));
        _sink.Writer.Advance(bytes.Length);
        var flush = await _sink.Writer.FlushAsync();
        return !flush.IsCompleted;
    }
}
