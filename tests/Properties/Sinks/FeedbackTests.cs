using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>L34: streams of a producer that lead back into it, with locks of the user's around both ends, on real threads.</summary>
[Collection(Alone.Name)]
public sealed class FeedbackTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    [Law("L34")]
    public async Task Acknowledgements_merged_back_into_the_producer_come_to_an_end()
    {
        var brokers = new AnsweringTransport(1);
        brokers.CreateTopic("t");
        brokers.CreateTopic("audit");
        await using var producer = new KafkaProducer(new() { BootstrapServers = brokers.BootstrapServers, Transport = brokers });
        const int Count = 200_000;
        var audited = 0;
        var events = Observable.Range(0, Count, NewThreadScheduler.Default).Select(static i => new Record("t", $"{i}"));
        var audit = producer.Acks.Where(static m => m.Topic == "t" && m.Offset % 10 == 0).Do(_ => audited++)
            .Select(static m => new Record("audit", $"{m.Offset}"));
        using var subscription = events.Merge(audit.TakeUntil(producer.Acks.Where(static m => m.Topic == "t" && m.Offset == Count - 1))).Subscribe(producer);
        await producer.Completion.WaitAsync(Patience);
        Assert.InRange(audited, (Count / 10) - 1, Count / 10);
    }
}
