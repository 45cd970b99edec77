using System.Buffers;
using System.IO.Pipelines;
using Rx.Kafka.Testing.Network;
using Rx.Kafka.Testing.Simulating;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Stands between a producer and a broker and hands on the broker's answers, one frame after the other, each replaced by what a function makes of it.</summary>
internal static class AnswerRelay
{
    public static IDuplexPipe Through(IDuplexPipe broker, TaskScheduler scheduler, Func<byte[], byte[]> change)
    {
        var pipes = new PumpedPipeScheduler(scheduler);
        var answers = new Pipe(new PipeOptions(readerScheduler: pipes, writerScheduler: pipes, useSynchronizationContext: false));
        _ = Task.Factory.StartNew(() => ForwardAsync(broker.Input, answers.Writer, change), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        return new DuplexPipe(answers.Reader, broker.Output);
    }

    private static async Task ForwardAsync(PipeReader from, PipeWriter to, Func<byte[], byte[]> change)
    {
        Exception? end = null;
        try
        {
            while (true)
            {
                var read = await from.ReadAsync();
                var rest = read.Buffer;
                while (TryTake(ref rest, out var frame))
                {
                    to.Write(change(frame));
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
}
