using Rx.Kafka.Outcomes;
using Rx.Kafka.Properties.Concurrency;
using Rx.Kafka.Sinks;

namespace Rx.Kafka.Properties.Sinks;

/// <summary>What batches are asked to keep follows who listens, also when several come and go at once.</summary>
[Collection(Alone.Name)]
public sealed class SinkInterestTests
{
    [Fact]
    public void Interest_is_what_somebody_wants_after_concurrent_changes()
    {
        const int Rounds = 20_000;
        var sink = new SinkWorld(seed: 1, window: 10).Sink;
        using var barrier = new Barrier(2);
        var wrong = 0;
        IDisposable? deliveries = null;
        var other = new Thread(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                barrier.SignalAndWait();
                deliveries = sink.Deliveries.Subscribe(new CheckingObserver<Delivery<Record>>());
                barrier.SignalAndWait();
                barrier.SignalAndWait();
                deliveries.Dispose();
                barrier.SignalAndWait();
            }
        });
        other.Start();
        for (var i = 0; i < Rounds; i++)
        {
            barrier.SignalAndWait();
            var acks = sink.Acks.Subscribe(new CheckingObserver<RecordMetadata>());
            barrier.SignalAndWait();
            wrong += sink.Interest == SinkInterest.Records ? 0 : 1;
            barrier.SignalAndWait();
            acks.Dispose();
            barrier.SignalAndWait();
            wrong += sink.Interest == SinkInterest.None ? 0 : 1;
        }

        other.Join();
        Assert.Equal(0, wrong);
    }
}
