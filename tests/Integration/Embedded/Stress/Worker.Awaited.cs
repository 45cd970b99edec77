using System.Runtime.CompilerServices;

namespace Rx.Kafka.Integration.Embedded.Stress;

/// <content>Ways that await.</content>
internal sealed partial class Worker
{
    private void Await(string way, Func<Flow, CancellationToken, Task> run)
    {
        var flow = Open(way);
        flow.Hear();
        using var stop = new CancellationTokenSource();
        if (random.Next(5) == 0)
        {
            stop.CancelAfter(random.Next(30));
        }

        var running = run(flow, random.Next(2) == 0 ? CancellationToken.None : stop.Token);
        Round.Within(running, way);
        running.GetAwaiter().GetResult();
        flow.Main.Check();
    }

    private async Task SendAsync(Flow flow, CancellationToken token)
    {
        var outstanding = new Queue<(int Number, Task<RecordMetadata> Sending)>();
        try
        {
            for (var number = 0; number < flow.Count; number++)
            {
                flow.Offering(number);
                var record = NewRecord(flow, number, random);
                outstanding.Enqueue((
                    number, random.Next(8) == 0 ? await Producer.EnqueueAsync(record, token) : Producer.SendAsync(record, token).AsTask()));
                flow.Offered(number, isOwed: true);
                if (outstanding.Count > 50)
                {
                    await TakeAsync(flow, outstanding.Dequeue());
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or KafkaProduceException)
        {
            // EnqueueAsync was cancelled, or its record refused: that record is owed nothing.
        }
        finally
        {
            while (outstanding.TryDequeue(out var oldest))
            {
                await TakeAsync(flow, oldest);
            }
        }
    }

    private static async Task TakeAsync(Flow flow, (int Number, Task<RecordMetadata> Sending) sent)
    {
        try
        {
            flow.Main.Told(sent.Number, Fate.Of(await sent.Sending));
        }
        catch (KafkaProduceException e)
        {
            flow.Main.Told(sent.Number, Fate.Of(e));
        }
        catch (OperationCanceledException)
        {
            flow.Main.Told(sent.Number, Fate.Unknown);
        }
    }

    private async Task SendAllAsync(Flow flow, CancellationToken token)
    {
        var records = new Record[flow.Count];
        for (var number = 0; number < flow.Count; number++)
        {
            records[number] = NewRecord(flow, number, random);
            flow.Offering(number);
        }

        try
        {
            using var results = await (random.Next(2) == 0 ? Producer.SendAllAsync(records, token) : Producer.SendAllAsync(records.Select(static r => r), token));
            if (results.Count != records.Length)
            {
                flow.Fault(results.Count, "is not among the results");
            }

            foreach (var result in results)
            {
                flow.Main.Told(result.State, Fate.Of(result));
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Nobody knows.
        }
    }

    private void DeliverPulled(bool preserveSourceOrder)
    {
        var isMany = random.Next(2) == 0;
        var flow = Open($"DeliverTo of an async enumerable{(isMany ? ", many" : "")}{(preserveSourceOrder ? ", in order" : "")}");
        var hearing = flow.Hear();
        using var stop = new CancellationTokenSource();
        var running = PullAsync(flow, isMany, preserveSourceOrder, stop.Token);
        if (random.Next(6) == 0 && !((IAsyncResult)running).AsyncWaitHandle.WaitOne(random.Next(20)))
        {
            hearing.IsLoose = true;
            stop.Cancel();
        }

        Round.Within(running, "the end of an enumeration");
        running.GetAwaiter().GetResult();
        hearing.Check();
    }

    private async Task PullAsync(Flow flow, bool isMany, bool preserveSourceOrder, CancellationToken token)
    {
        var chance = new Random(random.Next());
        var scratch = new byte[Payload.Length + 50];
        var source = Source(flow, isMany, new Random(random.Next()), CancellationToken.None);
        var leaveAt = SomePoint(flow, oneIn: 4);
        var isSlow = random.Next(3) == 0;
        var hearer = new Hearer<Element>(Book, element => (flow.Main, element.Number), new Manner());
        var expected = 0;
        var deliveries = isMany
            ? source.DeliverTo(Producer, element => RecordsOf(element, chance), preserveSourceOrder, cancellationToken: token)
            : source.DeliverTo(Producer, element => RecordOf(element, scratch, chance), preserveSourceOrder, cancellationToken: token);
        try
        {
            await foreach (var delivery in deliveries)
            {
                hearer.OnNext(delivery);
                if (preserveSourceOrder && delivery.State.Number != expected)
                {
                    flow.Fault(delivery.State.Number, $"came where {expected} was next");
                }

                if (expected++ == leaveAt)
                {
                    flow.Main.IsLoose = true;
                    break;
                }

                if (isSlow && expected % 8 == 0)
                {
                    await Task.Delay(expected % 64 == 0 ? 3 : 0, CancellationToken.None);
                }
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // As was asked for.
        }
    }

    private async IAsyncEnumerable<Element> Source(
        Flow flow, bool isMany, Random chance, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var number = 0; number < flow.Count; number++)
        {
            if (chance.Next(20) == 0)
            {
                await Task.Yield();
            }

            cancellationToken.ThrowIfCancellationRequested();
            var element = new Element(flow, number, chance.Next(60) == 0 ? -1 : isMany ? chance.Next(MostRecords + 1) : 1);
            flow.Offering(number, Math.Max(0, element.Records));
            yield return element;

            // It was taken: the next one is asked for.
            flow.Offered(number, isOwed: !round.IsDisposing);
        }

        if (flow.Count > 50 && chance.Next(4) == 0)
        {
            // One that says nothing for a while.
            await Task.Delay(chance.Next(100), cancellationToken);
        }
    }
}
