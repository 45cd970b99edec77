using System.Reactive.Subjects;

namespace Rx.Kafka.Integration.Embedded.Stress;

/// <content>Ways that block.</content>
internal sealed partial class Worker
{
    /// <summary>A sink of everybody's: its end comes with the round's.</summary>
    private void Push(string way, Action<Record> onNext)
    {
        var flow = Open(way);
        flow.Hear();
        for (var number = 0; number < flow.Count; number++)
        {
            var record = NewRecord(flow, number, random);
            Offer(flow, number, () => onNext(record));
        }
    }

    private void Write(ProducerSink sink, Record record)
    {
        var writing = sink.Writer.WriteAsync(record).AsTask();
        Round.Within(writing, "Writer.WriteAsync");
        if (!round.IsDisposing)
        {
            writing.GetAwaiter().GetResult();
        }
    }

    private void UseSink(OnFailure onFailure)
    {
        var byWriter = random.Next(3) == 0;
        var flow = Open($"OpenSink({onFailure}), {(byWriter ? "Writer" : "OnNext")}");
        var sink = Producer.OpenSink(onFailure);
        var strict = new Hearer<Record>(Book, round.WhoseRecord, SomeManner(mayThrow: false));
        var heard = flow.Hear();
        var other = flow.Hear();
        using var first = sink.Subscribe(strict);
        var second = sink.Subscribe(new Hearer<Record>(Book, record => (other, round.WhoseRecord(record).Number), SomeManner(mayThrow: true)));
        var leaveAt = SomePoint(flow, oneIn: 3);
        for (var number = 0; number < flow.Count; number++)
        {
            if (number == leaveAt)
            {
                other.IsLoose = true;
                Disposal(second);
            }

            var record = NewRecord(flow, number, random);
            Offer(flow, number, () =>
            {
                if (byWriter)
                {
                    Write(sink, record);
                }
                else
                {
                    sink.OnNext(record);
                }
            });
        }

        End(sink, random.Next(3));
        Round.Within(sink.Completion, "Completion of a sink");
        Round.Within(strict.Ended, "the end of a sink's outcomes");
        heard.Check();
        second.Dispose();
    }

    private static void End(ProducerSink sink, int how)
    {
        if (how == 0)
        {
            sink.OnCompleted();
        }
        else if (how == 1)
        {
            sink.OnError(new FormatException("A source that fails on purpose."));
        }
        else
        {
            Round.Within(sink.DisposeAsync().AsTask(), "DisposeAsync of a sink");
        }
    }

    private void UseTopicSink()
    {
        var flow = Open("TopicSink");
        var sink = Elements.SinkOf(Producer, random.Next(4) == 0 ? OnFailure.Halt : OnFailure.Continue);
        var hearing = flow.Hear();
        var hearer = new Hearer<Element>(Book, element => (hearing, element.Number), SomeManner(mayThrow: true));
        using var subscription = sink.Subscribe(hearer);
        for (var number = 0; number < flow.Count; number++)
        {
            var element = NewElement(flow, number, isMany: false);
            Offer(flow, number, () => sink.OnNext(element));
        }

        sink.OnCompleted();
        Round.Within(sink.Completion, "Completion of a typed sink");
        hearing.Check();
    }

    private void DeliverPushed(bool isMany)
    {
        var flow = Open(isMany ? "DeliverTo of an observable, many" : "DeliverTo of an observable");
        using var source = new Subject<Element>();
        var hearing = flow.Hear();
        var hearer = new Hearer<Element>(Book, element => (hearing, element.Number), SomeManner(mayThrow: true));
        var chance = new Random(random.Next());
        var scratch = new byte[Payload.Length + 50];
        var deliveries = isMany
            ? source.DeliverTo(Producer, element => RecordsOf(element, chance))
            : source.DeliverTo(Producer, element => RecordOf(element, scratch, chance));
        var subscription = deliveries.Subscribe(hearer);
        var leaveAt = SomePoint(flow, oneIn: 3);
        for (var number = 0; number < flow.Count; number++)
        {
            if (number == leaveAt)
            {
                hearing.IsLoose = true;
                Disposal(subscription);
            }

            var element = NewElement(flow, number, isMany);
            flow.Offering(number, Math.Max(0, element.Records));
            source.OnNext(element);
            flow.Offered(number, isOwed: !round.IsDisposing && !hearing.IsLoose);
        }

        source.OnCompleted();
        if (!hearing.IsLoose)
        {
            Round.Within(Task.WhenAny(hearer.Ended, WhenLoose(hearing)), "the end of DeliverTo");
            hearing.Check();
        }

        subscription.Dispose();
    }

    private static async Task WhenLoose(Hearing hearing)
    {
        while (!hearing.IsLoose)
        {
            await Task.Delay(50);
        }
    }

    /// <summary>Here, or beside what this thread does next.</summary>
    private void Disposal(IDisposable subscription)
    {
        if (random.Next(2) == 0)
        {
            subscription.Dispose();
        }
        else
        {
            _ = Task.Run(subscription.Dispose);
        }
    }

    /// <summary>Its memory serves the next record too.</summary>
    private static Record RecordOf(Element element, byte[] scratch, Random chance)
    {
        if (element.Records < 0)
        {
            throw new FormatException("A selector that throws on purpose.");
        }

        Payload.Write(scratch, element.Flow.Id, element.Number, 0);
        return Placed(scratch, chance);
    }

    private IEnumerable<Record> RecordsOf(Element element, Random chance)
    {
        for (var part = 0; part < element.Records; part++)
        {
            yield return NewRecord(element.Flow, element.Number, chance, part);
        }

        if (element.Records < 0)
        {
            throw new FormatException("A selector that throws on purpose.");
        }
    }
}
