using System.Buffers;
using Rx.Kafka.Testing.Brokers;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Network;

/// <summary>One connection of an <see cref="AnsweringTransport"/>.</summary>
internal sealed class AnsweringConnection(Cluster cluster, Broker broker, AnsweredTopics topics, DuplexPipe pipe)
{
    private readonly WireWriter _answer = new();

    public async Task RunAsync()
    {
        Exception? fault = null;
        try
        {
            while (true)
            {
                var read = await pipe.Input.ReadAsync();
                var buffer = read.Buffer;
                while (TryServe(ref buffer))
                {
                }

                pipe.Input.AdvanceTo(buffer.Start, buffer.End);
                var flush = await pipe.Output.FlushAsync();
                if (read.IsCompleted || flush.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (WireException e)
        {
            // Said to the producer as a broken connection: this is a measuring device, its user wants to know why.
            fault = new IOException(e.Message, e);
        }

        await pipe.Output.CompleteAsync(fault);
        await pipe.Input.CompleteAsync(fault);
    }

    private bool TryServe(ref ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadBigEndian(out int size) || reader.Remaining < size)
        {
            return false;
        }

        var frame = buffer.Slice(4, size);
        buffer = buffer.Slice(frame.End);
        _answer.BeginFrame();
        if (Answer(frame))
        {
            _answer.EndFrame();
            var written = _answer.Written.Span;
            written.CopyTo(pipe.Output.GetSpan(written.Length));
            pipe.Output.Advance(written.Length);
        }

        return true;
    }

    private bool Answer(ReadOnlySequence<byte> frame)
    {
        var produce = new ProduceScan(frame);
        if (produce.IsProduce)
        {
            topics.Requested();
            return produce.Answer(topics, _answer);
        }

        var bytes = frame.ToArray();
        var request = Request.Read(bytes, cluster.Options.Knows, cluster.NameOf);
        if (!cluster.Options.Knows(request.Header.Key, request.Header.Version) && request.Header.Key != ApiKey.ApiVersions)
        {
            throw new WireException($"{request.Header.Key} {request.Header.Version} is not served.");
        }

        request.Header.WriteResponse(_answer);
        return request.Answer(new AnswerContext(cluster, broker, FaultPlan.None, _answer)) == Answering.Answer;
    }
}
