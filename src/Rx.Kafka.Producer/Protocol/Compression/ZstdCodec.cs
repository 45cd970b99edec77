using System.Buffers;
using Microsoft.Extensions.ObjectPool;
using ZstdSharp;

namespace Rx.Kafka.Protocol.Compression;

/// <summary>One Zstandard frame. Contexts are costly to make and are kept, four for each core.</summary>
internal sealed class ZstdCodec(int level) : ICompressionCodec
{
    public const int DefaultLevel = 3;

    private const int LeastSpan = 1024;

    private readonly ObjectPool<Compressor> _contexts =
        new DefaultObjectPoolProvider { MaximumRetained = 4 * Environment.ProcessorCount }.Create(new ContextPolicy(level));

    public CompressionType Type => CompressionType.Zstd;

    public void Compress(in ReadOnlySequence<byte> source, IBufferWriter<byte> destination)
    {
        var context = _contexts.Get();
        try
        {
            // The size goes into the frame, so readers know what to allocate, and the context takes no more memory than it needs.
            context.SetPledgedSrcSize((ulong)source.Length);
            foreach (var segment in source)
            {
                Write(context, segment.Span, endsFrame: false, destination);
            }

            Write(context, [], endsFrame: true, destination);
        }
        catch
        {
            // It may be in the middle of a frame.
            context.Dispose();
            throw;
        }

        _contexts.Return(context);
    }

    private static void Write(Compressor context, ReadOnlySpan<byte> input, bool endsFrame, IBufferWriter<byte> destination)
    {
        OperationStatus status;
        do
        {
            status = context.WrapStream(input, destination.GetSpan(LeastSpan), out var consumed, out var written, endsFrame);
            destination.Advance(written);
            input = input[consumed..];
        }
        while (status == OperationStatus.DestinationTooSmall || !input.IsEmpty);
    }

    private sealed class ContextPolicy(int level) : PooledObjectPolicy<Compressor>
    {
        public override Compressor Create() => new(level);

        public override bool Return(Compressor obj) => true;
    }
}
