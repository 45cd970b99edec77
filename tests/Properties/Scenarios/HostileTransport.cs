using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using Rx.Kafka.Properties.Protocol;
using Rx.Kafka.Testing;
using Rx.Kafka.Testing.Network;
using Rx.Kafka.Testing.Simulating;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>A network on which the brokers' answers are spoilt at random on their way, until it becomes honest.</summary>
/// <param name="inner">The honest one.</param>
/// <param name="scheduler">The simulation's.</param>
/// <param name="random">Chance of its own.</param>
/// <param name="percent">How many of the answers are spoilt; of those to the first request of a connection a quarter of that, else little else would ever be asked.</param>
internal sealed class HostileTransport(ITransport inner, TaskScheduler scheduler, Random random, int percent) : ITransport
{
    private readonly PumpedPipeScheduler _pipes = new(scheduler);
    private readonly AnswerMutator _mutator = new(random);
    private byte[] _last = new byte[sizeof(long)];

    public bool IsHonest { get; set; }

    /// <summary>Answers that were spoilt.</summary>
    public int Spoilt { get; private set; }

    public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var pipe = await inner.ConnectAsync(endPoint, cancellationToken);
        var answers = new Pipe(new PipeOptions(readerScheduler: _pipes, writerScheduler: _pipes, useSynchronizationContext: false));
        _ = Task.Factory.StartNew(() => ForwardAsync(pipe.Input, answers.Writer), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        return new DuplexPipe(answers.Reader, pipe.Output);
    }

    private async Task ForwardAsync(PipeReader from, PipeWriter to)
    {
        Exception? end = null;
        try
        {
            var isFirst = true;
            while (true)
            {
                var read = await from.ReadAsync();
                var rest = read.Buffer;
                while (TryTake(ref rest, out var frame))
                {
                    to.Write(IsHonest || random.Next(100) >= (isFirst ? percent / 4 : percent) ? frame : Spoil(frame));
                    isFirst = false;
                }

                from.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted || (await to.FlushAsync()).IsCompleted)
                {
                    break;
                }
            }
        }
        catch (IOException e)
        {
            end = e;
        }

        await to.CompleteAsync(end);
        await from.CompleteAsync();
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, out byte[] frame)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadBigEndian(out int size) || reader.Remaining < size)
        {
            frame = [];
            return false;
        }

        frame = buffer.Slice(0, sizeof(int) + size).ToArray();
        buffer = buffer.Slice(frame.Length);
        return true;
    }

    /// <summary>Spoils an answer with parts of the one before, or does something to the stream: no answer, one twice, one for somebody else first, or the end in the middle of a length.</summary>
    private byte[] Spoil(byte[] frame)
    {
        Spoilt++;
        var before = _last;
        _last = frame;
        switch (random.Next(20))
        {
            case 0:
                return [];
            case 1:
                return [.. frame, .. frame];
            case 2:
                return [.. before, .. frame];
            case 3:
                var oversized = new byte[sizeof(int)];
                BinaryPrimitives.WriteInt32BigEndian(oversized, random.Next(2) == 0 ? int.MaxValue : 100_000_000 + random.Next(10_000_000));
                return [.. oversized, .. frame];
            default:
                return _mutator.SpoilFrame(frame, before);
        }
    }
}
