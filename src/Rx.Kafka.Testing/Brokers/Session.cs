using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Rx.Kafka.Testing.Sasl;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>One connection of a broker: one request at a time, answers in order. Everything unknown or malformed closes it, as in Kafka.</summary>
/// <param name="cluster">What all brokers know.</param>
/// <param name="broker">Whose connection it is.</param>
/// <param name="stops">How often the broker had been stopped when it began to listen: a later stop ends the session.</param>
/// <param name="pipe">The connection.</param>
/// <param name="reset">Cuts it.</param>
internal sealed class Session(Cluster cluster, Broker broker, int stops, IDuplexPipe pipe, Action reset) : IDisposable
{
    // socket.request.max.bytes
    private const int MaximumRequestBytes = 104_857_600;

    private readonly CancellationTokenSource _end = new();
    private readonly WireWriter _answer = new();
    private readonly SaslConversation? _sasl = cluster.Options.Sasl is { } sasl ? new SaslConversation(sasl, cluster.Time) : null;
    private byte[] _frame = new byte[4096];
    private bool _swallowsAnswers;

    /// <summary>Serves until the client or a fault ends the connection, then completes both ends.</summary>
    public async Task RunAsync()
    {
        cluster.Counters.Opened();
        if (!broker.Add(this, stops))
        {
            Cut();
        }

        try
        {
            while (await ReadFrameAsync() is var length && length >= 0 && await ServeAsync(_frame.AsMemory(0, length)))
            {
            }
        }
        catch (WireException e)
        {
            cluster.Counters.Malform(e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone, or a fault cut the connection: nobody to tell.
        }
        finally
        {
            broker.Remove(this);
            cluster.Counters.Closed();
            await pipe.Output.CompleteAsync();
            await pipe.Input.CompleteAsync();
        }
    }

    /// <summary>Cuts the connection from outside.</summary>
    public void Cut()
    {
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            return; // It ended by itself meanwhile.
        }

        reset();
        pipe.Input.CancelPendingRead();
    }

    public void Dispose() => _end.Dispose();

    private async ValueTask<int> ReadFrameAsync()
    {
        while (true)
        {
            var read = await pipe.Input.ReadAsync();
            if (read.IsCanceled)
            {
                return -1;
            }

            if (broker.State == BrokerState.Mute)
            {
                pipe.Input.AdvanceTo(read.Buffer.End);
            }
            else
            {
                var length = TryTake(read.Buffer, out var consumed);
                pipe.Input.AdvanceTo(consumed, length >= 0 ? consumed : read.Buffer.End);
                if (length >= 0)
                {
                    return length;
                }
            }

            if (read.IsCompleted)
            {
                return -1;
            }
        }
    }

    /// <summary>Serves nothing any more, until the client gives up.</summary>
    private async ValueTask HangAsync()
    {
        while (true)
        {
            var read = await pipe.Input.ReadAsync();
            pipe.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled)
            {
                return;
            }
        }
    }

    /// <summary>Copies a whole frame, if there is one, out of the pipe.</summary>
    private int TryTake(ReadOnlySequence<byte> buffer, out SequencePosition consumed)
    {
        consumed = buffer.Start;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadBigEndian(out int size))
        {
            return -1;
        }

        if (size is < 0 or > MaximumRequestBytes)
        {
            throw new WireException($"A request announces {size} bytes.");
        }

        if (reader.Remaining < size)
        {
            return -1;
        }

        if (_frame.Length < size)
        {
            _frame = new byte[Math.Max(size, Math.Min(_frame.Length * 2, MaximumRequestBytes))];
        }

        var frame = buffer.Slice(4, size);
        frame.CopyTo(_frame);
        consumed = frame.End;
        return size;
    }

    /// <summary>Serves one request; false = the connection ends.</summary>
    private async ValueTask<bool> ServeAsync(ReadOnlyMemory<byte> frame)
    {
        var request = Request.Read(frame, cluster.Options.Knows, cluster.NameOf);
        cluster.Counters.Request(request.Header.Key);
        if (!cluster.Options.Knows(request.Header.Key, request.Header.Version) && request.Header.Key != ApiKey.ApiVersions)
        {
            cluster.Counters.Malform($"{request.Header.Key} version {request.Header.Version} is not served.");
            return false;
        }

        cluster.RequestReceived?.Invoke(request.Describe(broker.Id));
        if (_sasl?.Allows(request.Header.Key) == false)
        {
            return false;
        }

        var plan = cluster.Faults.Plan(broker.Id, request);
        if (plan.Hangs)
        {
            await HangAsync();
            return false;
        }

        await WaitAsync(plan.DelayBefore);
        if (plan.CutsBefore)
        {
            Cut();
            return false;
        }

        if (plan.LateBy > TimeSpan.Zero)
        {
            await ServeLateAsync(request, plan);
            return false;
        }

        await request.WaitAsync(Context(plan), _end.Token);
        return await AnswerAsync(request, plan);
    }

    private async ValueTask<bool> AnswerAsync(Request request, FaultPlan plan)
    {
        var answers = Answer(request, plan);
        answers = plan.ServesTwice ? Answer(request, plan) : answers;
        await WaitAsync(plan.DelayAfter);
        if (plan.CutsAfter)
        {
            Cut();
            return false;
        }

        _swallowsAnswers |= plan.Drops;
        if ((answers is Answering.Answer or Answering.AnswerAndClose) && !_swallowsAnswers && broker.State == BrokerState.Up)
        {
            await WriteAsync(plan.TimePerByte);
            await WaitAsync(plan.Throttle);
        }

        return answers is Answering.Answer or Answering.Nothing;
    }

    private async ValueTask ServeLateAsync(Request request, FaultPlan plan)
    {
        var stopsBefore = broker.Stops;
        Cut();
        await Task.WhenAny(Task.Delay(plan.LateBy, cluster.Time), cluster.Ended);
        if (broker.Stops == stopsBefore)
        {
            await request.WaitAsync(Context(plan), _end.Token); // is over at once; a group has heard of it
            Answer(request, plan);
        }
    }

    private async ValueTask WriteAsync(TimeSpan timePerByte)
    {
        if (timePerByte == TimeSpan.Zero)
        {
            await pipe.Output.WriteAsync(_answer.Written, _end.Token);
            return;
        }

        for (var i = 0; i < _answer.Length; i++)
        {
            await WaitAsync(timePerByte);
            if ((await pipe.Output.WriteAsync(_answer.Written.Slice(i, 1), _end.Token)).IsCompleted)
            {
                return;
            }
        }
    }

    private Answering Answer(Request request, FaultPlan plan)
    {
        _answer.BeginFrame();
        request.Header.WriteResponse(_answer);
        var answers = request.Answer(Context(plan));
        _answer.EndFrame();
        return answers;
    }

    private AnswerContext Context(FaultPlan plan) => new(cluster, broker, plan, _answer) { Sasl = _sasl };

    private async ValueTask WaitAsync(TimeSpan time)
    {
        if (time != TimeSpan.Zero)
        {
            await Task.Delay(time, cluster.Time, _end.Token);
        }
    }
}
