using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using Rx.Kafka.Properties.Protocol;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>A network on which the brokers' answers are spoilt at random on their way, until it becomes honest.</summary>
/// <param name="inner">The honest one.</param>
/// <param name="scheduler">The simulation's.</param>
/// <param name="random">Chance of its own.</param>
/// <param name="percent">How many of the answers are spoilt; of those to the first request of a connection a quarter of that, else little else would ever be asked.</param>
internal sealed class HostileTransport(ITransport inner, TaskScheduler scheduler, Random random, int percent) : ITransport
{
    private readonly AnswerMutator _mutator = new(random);
    private byte[] _last = new byte[sizeof(long)];

    public bool IsHonest { get; set; }

    /// <summary>Answers that were spoilt.</summary>
    public int Spoilt { get; private set; }

    public async ValueTask<IDuplexPipe> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var pipe = await inner.ConnectAsync(endPoint, cancellationToken);
        var isFirst = true;
        return AnswerRelay.Through(pipe, scheduler, frame =>
        {
            var spoils = !IsHonest && random.Next(100) < (isFirst ? percent / 4 : percent);
            isFirst = false;
            return spoils ? Spoil(frame) : frame;
        });
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
