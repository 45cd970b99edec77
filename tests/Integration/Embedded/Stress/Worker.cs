namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>One thread: source after source, each by another way in.</summary>
internal sealed partial class Worker(Round round, Random random, Action<string> doing)
{
    private const int MostElements = 400;

    /// <summary>Of one element.</summary>
    private const int MostRecords = 3;

    private static readonly Topic<Element> Elements = new("t", KafkaSerializers.Create<Element>(static (element, writer) =>
    {
        if (element.Records < 0)
        {
            throw new FormatException("The serializer throws on purpose.");
        }

        var value = writer.GetSpan(Payload.Length + (element.Number % 200))[..(Payload.Length + (element.Number % 200))];
        Payload.Write(value, element.Flow.Id, element.Number, 0);
        Payload.WriteIsOrdered(value, isOrdered: false);
        writer.Advance(value.Length);
    }));

    private KafkaProducer Producer => round.Producer;

    private Book Book => round.Book;

    public void Run()
    {
        while (!round.IsOver && !round.IsDisposing)
        {
            try
            {
                Once();
            }
            catch (ObjectDisposedException) when (round.IsDisposing)
            {
                // The end of this round.
            }

            doing("");
        }
    }

    private void Once()
    {
        switch (random.Next(12))
        {
            case 0:
                Push("producer.OnNext", Producer.OnNext);
                break;
            case 1:
                Push("OnNext of a shared sink", round.Shared.OnNext);
                break;
            case 2:
                Push("Writer of a shared sink", record => Write(round.Shared, record));
                break;
            case 3:
                UseSink(OnFailure.Continue);
                break;
            case 4:
                UseSink(OnFailure.Halt);
                break;
            case 5:
                DeliverPushed(isMany: false);
                break;
            case 6:
                DeliverPushed(isMany: true);
                break;
            case 7:
                UseTopicSink();
                break;
            case 8:
                Await("SendAsync", SendAsync);
                break;
            case 9:
                Await("SendAllAsync", SendAllAsync);
                break;
            case 10:
                DeliverPulled(preserveSourceOrder: false);
                break;
            default:
                DeliverPulled(preserveSourceOrder: true);
                break;
        }
    }

    private Flow Open(string way)
    {
        doing(way);
        return Book.Open(way, 1 + random.Next(MostElements));
    }

    private Record NewRecord(Flow flow, int number, Random chance, int part = 0)
    {
        var value = new byte[Payload.Length + chance.Next(200)];
        Payload.Write(value, flow.Id, number, part);
        return Placed(value, chance);
    }

    private static Record Placed(byte[] value, Random chance)
    {
        var where = chance.Next(3);
        Payload.WriteIsOrdered(value, where != 0);
        return where switch
        {
            0 => new Record("t", value),
            1 => new Record("t", $"key-{chance.Next(40)}", value),
            _ => new Record("t", value) { Partition = chance.Next(Round.Partitions) },
        };
    }

    private void Offer(Flow flow, int number, Action offer)
    {
        flow.Offering(number);
        offer();
        flow.Offered(number, isOwed: !round.IsDisposing);
    }

    /// <summary>Where it shall happen in a flow; most often never.</summary>
    private int SomePoint(Flow flow, int oneIn) => random.Next(oneIn) == 0 ? random.Next(flow.Count) : -1;

    private Manner SomeManner(bool mayThrow) =>
        new(mayThrow && random.Next(3) == 0 ? 1 + random.Next(100) : 0, random.Next(4) == 0);

    private Element NewElement(Flow flow, int number, bool isMany) =>
        new(flow, number, random.Next(60) == 0 ? -1 : isMany ? random.Next(MostRecords + 1) : 1);
}
