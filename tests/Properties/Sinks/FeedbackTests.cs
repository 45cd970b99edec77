using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>L34: streams of a producer that lead back into it, with locks of the user's around both ends, on real threads.</summary>
[Collection(Alone.Name)]
public sealed class FeedbackTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

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

        // First the acknowledgements: an observer sees what is accepted after it subscribed.
        var last = producer.Acks.Where(static m => m.Topic == "t" && m.Offset == Count - 1);
        using var subscription = audit.TakeUntil(last).Merge(events).Subscribe(producer);
        await producer.Completion.WaitAsync(Patience);
        Assert.InRange(audited, (Count / 10) - 1, Count / 10);
    }

    // Whatever the window, the number of sources, and how seldom the observer takes the lock.
    [Theory]
    [Law("L34")]
    [InlineData(1, 1, 1, 200)]
    [InlineData(20, 3, 1, 5_000)]
    [InlineData(500, 2, 7, 50_000)]
    public async Task A_lock_around_OnNext_that_an_observer_takes_comes_to_an_end(int window, int sources, int every, int count)
    {
        var brokers = new AnsweringTransport(1);
        brokers.CreateTopic("t");
        await using var producer = new KafkaProducer(
            new() { BootstrapServers = brokers.BootstrapServers, Transport = brokers, MaxUnobservedDeliveries = window });
        var users = new Lock();
        var (seen, taken) = (0, 0);
        using var subscription = producer.Deliveries.Subscribe(new Observer(() =>
        {
            if (++seen % every == 0)
            {
                lock (users)
                {
                    taken++;
                }
            }
        }));
        var threads = Enumerable.Range(0, sources).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < count; i++)
            {
                lock (users)
                {
                    producer.OnNext(new Record("t", "v"));
                }
            }
        })).ToArray();
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => Assert.True(thread.Join(Patience)));
        producer.OnCompleted();
        await producer.Completion.WaitAsync(Patience);
        Assert.Equal((sources * count, sources * count / every), (seen, taken));
    }

    private sealed class Observer(Action next) : IObserver<Delivery<Record>>
    {
        public void OnNext(Delivery<Record> value) => next();

        public void OnError(Exception error) => Assert.Fail(error.Message);

        public void OnCompleted()
        {
        }
    }
}
