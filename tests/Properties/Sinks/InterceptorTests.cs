using System.Text;
using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>Interceptors: a chain, before anybody else, whose faults cost nothing (Java's K25).</summary>
public sealed class InterceptorTests
{
    // Each gets what the one before made; each outcome is seen once, before the observer or the await; also of what was refused.
    [Fact]
    public void They_see_every_record_and_every_outcome_first()
    {
        var seen = new List<string>();
        using var log = new EventLog();
        ProducerWorld.Run(
            async world =>
            {
                world.Kafka.Faults.On(ApiKey.Produce).Topic("bad").Fail(87);
                await using var sink = world.Producer.OpenSink();
                world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(delivery => seen.Add($"{TextOf(delivery.State)} observed")));
                world.Producer.OnNext(new Record("t", "root"));
                sink.OnNext(new Record("t", "unobserved sink"));
                await world.Producer.SendAsync(new Record("t", "sent"));
                seen.Add("sent+ab awaited");
                using var token = new CancellationTokenSource();
                await world.Producer.SendAsync(new Record("t", "cancellable"), token.Token);
                seen.Add("cancellable+ab awaited");
                await await world.Producer.EnqueueAsync(new Record("t", "enqueued"));
                seen.Add("enqueued+ab awaited");
                await Assert.ThrowsAsync<KafkaProduceException>(async () => await world.Producer.SendAsync(new Record("bad", "refused by the broker")));
                await Assert.ThrowsAsync<KafkaProduceException>(async () => await world.Producer.SendAsync(new Record("", "refused at once")));
                world.Producer.OnNext(new Record("", "refused push"));
                await foreach (var _ in new[] { "element" }.ToAsyncEnumerable().DeliverTo(world.Producer, static text => new Record("t", text)))
                {
                    seen.Add("element+ab awaited");
                }

                await world.Delay(1);
                string[] all = ["root", "unobserved sink", "sent", "cancellable", "enqueued", "refused by the broker", "refused at once", "refused push", "element"];
                Assert.All(all, text => Assert.Equal(['a', 'b'], seen.Where(line => line.StartsWith($"{text}+ab told ", StringComparison.Ordinal)).Select(static line => line[^1])));
                Assert.All(
                    ((string[])["root+ab observed", "sent+ab awaited", "cancellable+ab awaited", "enqueued+ab awaited", "element+ab awaited"]),
                    line => Assert.True(seen.IndexOf(line) > seen.IndexOf($"{line.Split('+')[0]}+ab told b"), line));
            },
            configure: options => options.Interceptors = [new Appending("a", seen), new Throwing(), new Appending("b", seen)],
            logs: log);
        Assert.Contains(log.Events, static e => e.Id == 408);
    }

    [Fact]
    [Law("L18")]
    public void Of_a_record_whose_token_was_cancelled_before_they_hear_nothing()
    {
        var seen = new List<string>();
        ProducerWorld.Run(
            async world =>
            {
                var cancelled = await Assert.ThrowsAsync<SendCanceledException>(
                    async () => await world.Producer.SendAsync(new Record("t", "cancelled"), new CancellationToken(canceled: true)));
                Assert.Equal(Persistence.NotPersisted, cancelled.Persistence);
                await world.Producer.FlushAsync();
                Assert.Empty(seen);
            },
            configure: options => options.Interceptors = [new Appending("a", seen)]);
    }

    private static string TextOf(in Record record) => Encoding.UTF8.GetString(record.Value!.Value.Span);

    private sealed class Appending(string name, List<string> seen) : IProducerInterceptor
    {
        public Record OnSend(Record record) => record with { Value = Encoding.UTF8.GetBytes(TextOf(record) + (name == "a" ? "+a" : name)) };

        public void OnAcknowledgement(in Delivery<Record> delivery) => seen.Add($"{TextOf(delivery.State)} told {name}");
    }

    private sealed class Throwing : IProducerInterceptor
    {
        public Record OnSend(Record record) => throw new InvalidOperationException();

        public void OnAcknowledgement(in Delivery<Record> delivery) => throw new InvalidOperationException();
    }
}
