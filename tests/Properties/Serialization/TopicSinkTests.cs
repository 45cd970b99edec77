using System.Reactive.Linq;
using System.Text;
using Rx.Kafka.Properties.Scenarios;

namespace Rx.Kafka.Properties.Serialization;

/// <summary>A typed topic's sink: values go in, and come back with their outcomes.</summary>
public sealed class TopicSinkTests
{
    private static readonly Topic<string, Order> Orders = new(
        "t", KafkaSerializers.Utf8, KafkaSerializers.Create<Order>(static (order, destination) =>
        {
            if (order.Amount < 0)
            {
                throw new FormatException("The secret value.");
            }

            Encoding.UTF8.GetBytes($"{order.Id}: {order.Amount}", destination);
        }));

    [Fact]
    [Law("L22", "L26")]
    public void Values_come_back_with_their_outcomes_and_a_bad_one_costs_itself() => ProducerWorld.Run(
        async world =>
        {
            Order[] orders = [new("a", 1), new("b", -1), new("c", 3)];
            await using var sink = Orders.SinkOf(world.Producer, static order => order.Id);
            var told = new List<Delivery<Order>>();
            sink.Subscribe(told.Add);
            orders.ToObservable().Subscribe(sink);
            await sink.Completion;
            Assert.Equal(orders.OrderBy(static order => order.Id), told.Select(static delivery => delivery.State).OrderBy(static order => order.Id), ReferenceEqualityComparer.Instance);
            var failed = Assert.Single(told, static delivery => !delivery.Succeeded);
            Assert.Equal(("b", ProduceErrorCode.Serialization), (failed.State.Id, failed.Error!.Code));
            Assert.IsType<FormatException>(failed.Error.Cause);
            Assert.DoesNotContain("secret", failed.Error.Message, StringComparison.Ordinal);
            Assert.Equal(["a: 1", "c: 3"], world.Log());
            Assert.Equal(["a", "c"], world.Kafka.ReadLog("t").Select(static record => record.KeyText));
        },
        new Setup { Unobserved = 1 });

    // As elements of which no record can be made.
    [Fact]
    public void Values_that_cannot_be_serialized_wait_for_observers() => ProducerWorld.Run(
        async world =>
        {
            var (told, mostBehind) = (0, 0);
            await using var sink = Orders.SinkOf(world.Producer, static order => order.Id);
            var pushed = 0;
            sink.Subscribe(_ =>
            {
                told++;
                mostBehind = Math.Max(mostBehind, pushed - told);
                world.Wait(1);
            });
            await ProducerWorld.Start(() =>
            {
                for (; pushed < 500; pushed++)
                {
                    sink.OnNext(new("a", -1));
                }
            });
            await world.Delay(1000);
            Assert.Equal(500, told);
            Assert.InRange(mostBehind, 5, 15);
        },
        new Setup { Unobserved = 10 });

    [Fact]
    public void A_topic_without_keys_has_one_too() => ProducerWorld.Run(async world =>
    {
        await using var sink = new Topic<string>("t", KafkaSerializers.Utf8).SinkOf(world.Producer);
        sink.OnNext("one");
        sink.OnCompleted();
        await sink.Completion;
        Assert.Equal(["one"], world.Log());
        await world.Producer.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => new Topic<string>("t", KafkaSerializers.Utf8).SinkOf(world.Producer));
    });

    private sealed record Order(string Id, int Amount);
}
