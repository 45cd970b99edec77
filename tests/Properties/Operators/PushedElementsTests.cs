using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Rx.Kafka.Properties.Scenarios;
using Rx.Kafka.Properties.Sinks;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Operators;

/// <summary>ProduceTo and DeliverTo on observables: cold, lawful under Rx's own operators, failures as values or as the end (design 4.8).</summary>
public sealed class PushedElementsTests
{
    private static readonly int[] Five = [0, 1, 2, 3, 4];

    [Fact]
    [Law("L35")]
    public void Each_subscription_sends_again() => ProducerWorld.Run(async world =>
    {
        world.Kafka.CreateTopic("t");
        var deliveries = Five.ToObservable().DeliverTo(world.Producer, static i => new Record("t", $"{i}"));
        Assert.Empty(world.Log());
        await All(deliveries);
        await All(deliveries);
        Assert.Equal(["0", "1", "2", "3", "4", "0", "1", "2", "3", "4"], world.Log());
    });

    [Fact]
    [Law("L26")]
    public void The_state_is_the_very_element() => ProducerWorld.Run(async world =>
    {
        var elements = Five.Select(static i => new Element(i)).ToArray();
        var told = await All(elements.ToObservable().DeliverTo(world.Producer, static element => new Record("t", $"{element.Number}")));
        Assert.Equal(elements, told.Select(static delivery => delivery.State), ReferenceEqualityComparer.Instance);
        Assert.Equal([0L, 1, 2, 3, 4], told.Select(static delivery => delivery.Metadata.Offset));
    });

    // They have outcomes too, which nobody may have to keep.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Elements_without_a_record_wait_for_observers(bool throws) => ProducerWorld.Run(
        async world =>
        {
            var (pushed, told, mostBehind) = (0, 0, 0);
            var source = Observable.Range(0, 500).Do(_ => pushed++);
            var deliveries = throws
                ? source.DeliverTo(world.Producer, Record (_) => throw new FormatException())
                : source.DeliverTo(world.Producer, static _ => Array.Empty<Record>());
            await ProducerWorld.Start(() => deliveries.Subscribe(_ =>
            {
                told++;
                mostBehind = Math.Max(mostBehind, pushed - told);
                world.Wait(1);
            }));
            await world.Delay(1000);
            Assert.Equal(500, told);
            Assert.InRange(mostBehind, 10, 15);
        },
        new Setup { Unobserved = 10 });

    // Value types too, which are boxed.
    [Fact]
    public void An_element_may_be_a_number_or_null() => ProducerWorld.Run(async world =>
    {
        var numbers = await All(Five.ToObservable().DeliverTo(world.Producer, static i => new Record("t", $"{i}")));
        Assert.Equal(Five, numbers.Select(static delivery => delivery.State));
        var nothing = await All(Observable.Return<string?>(null).DeliverTo(world.Producer, static text => new Record("t", text)));
        Assert.Null(Assert.Single(nothing).State);
    });

    [Fact]
    [Law("L53")]
    public void Producing_is_delivering_that_ends_with_the_first_failure() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).Skip(2).Times(1).Fail(87);
            var source = new Subject<Record>();
            var (acks, error) = (new List<RecordMetadata>(), default(Exception));
            source.ProduceTo(world.Producer).Subscribe(acks.Add, e => error = e);
            for (var i = 0; i < 5; i++)
            {
                source.OnNext(new Record("t", $"{i}") { Partition = 0 });
                await world.Delay(10);
            }

            Assert.Equal([0L, 1], acks.Select(static ack => ack.Offset));
            Assert.Equal((short?)87, Assert.IsType<KafkaProduceException>(error).BrokerErrorCode);
            Assert.False(source.HasObservers);
            Assert.Equal(["0", "1"], world.Log());
        },
        new Setup { InFlight = 1 });

    // What is queued for the partition by then is not sent.
    [Fact]
    [Law("L28")]
    public void What_is_queued_after_a_failure_is_not_sent() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Succeed("warm");
            world.Kafka.Faults.On(ApiKey.Produce).Times(1).Fail(87);
            var failed = await Xunit.Record.ExceptionAsync(async () =>
                await Five.ToObservable().Select(static i => new Record("t", $"{i}")).ProduceTo(world.Producer).LastOrDefaultAsync());
            Assert.IsType<KafkaProduceException>(failed);
            await world.Producer.FlushAsync();
            Assert.Equal(["warm"], world.Log());
        },
        new Setup { InFlight = 1, BatchSize = 0, LatencyMs = 5 });

    [Fact]
    public void Disposing_stops_the_input_and_no_accepted_record() => ProducerWorld.Run(
        async world =>
        {
            var source = new Subject<int>();
            var told = 0;
            var subscription = source.DeliverTo(world.Producer, static i => new Record("t", $"{i}")).Subscribe(_ => told++);
            source.OnNext(1);
            source.OnNext(2);
            subscription.Dispose();
            Assert.False(source.HasObservers);
            source.OnNext(3);
            await world.Producer.FlushAsync();
            Assert.Equal(["1", "2"], world.Log());
            Assert.Equal(0, told);
        },
        new Setup { LingerMs = 50 });

    [Fact]
    [Law("L29")]
    public void Operators_of_Rx_compose() => ProducerWorld.Run(async world =>
    {
        var producer = world.Producer;
        await world.Succeed("warm");
        var stop = new Subject<int>();
        var numbers = Observable.Interval(TimeSpan.FromMilliseconds(1), world.Simulation.RxScheduler).Select(static i => new Element((int)i));
        var checker = new CheckingObserver<Delivery<Element>>();
        numbers.DeliverTo(producer, MakeRecord).TakeUntil(stop).Subscribe(checker.Checked());
        var taken = new CheckingObserver<Delivery<Element>>();
        numbers.DeliverTo(producer, MakeRecord).Take(3).Concat(numbers.DeliverTo(producer, MakeRecord).Take(2)).Subscribe(taken.Checked());
        var shared = numbers.DeliverTo(producer, MakeRecord).Publish().RefCount();
        var (one, two) = (new CheckingObserver<Delivery<Element>>(), new CheckingObserver<Delivery<Element>>());
        using var both = new CompositeDisposable(shared.Subscribe(one.Checked()), shared.ObserveOn(world.Simulation.RxScheduler).Subscribe(two.Checked()));
        await world.Delay(100);
        stop.OnNext(0);
        both.Dispose();
        await world.Delay(10);
        Assert.True(checker is { HasCompleted: true, Fault: null, Values.Count: > 90 });
        Assert.Equal([0, 1, 2, 0, 1], taken.Values.Select(static delivery => delivery.State.Number));
        Assert.True(taken is { HasCompleted: true, Fault: null } && one.Fault is null && two.Fault is null);
        Assert.Equal(one.Values.Select(static delivery => delivery.State.Number), two.Values.Select(static delivery => delivery.State.Number));
        Assert.NotEmpty(one.Values);
    });

    [Fact]
    [Law("L55")]
    public void Merged_sources_interleave() => ProducerWorld.Run(async world =>
    {
        var (a, b) = (Five.Select(static i => $"a{i}"), Five.Select(static i => $"b{i}"));
        var rx = world.Simulation.RxScheduler;
        await All(a.ToObservable(rx).Merge(b.ToObservable(rx)).DeliverTo(world.Producer, static text => new Record("t", text)));
        Assert.Equal(a, world.Log().Where(static text => text!.StartsWith('a')));
        Assert.Equal(b, world.Log().Where(static text => text!.StartsWith('b')));
        Assert.Equal(10, world.Log().Count);
    });

    [Fact]
    public void Retry_sends_the_source_again() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.Faults.On(ApiKey.Produce).Times(1).Fail(87);
            var acks = await All(Observable.Return(new Record("t", "v")).ProduceTo(world.Producer).Retry(2));
            Assert.Equal(0, Assert.Single(acks).Offset);
        });

    [Fact]
    public void A_selector_that_throws_costs_its_own_element() => ProducerWorld.Run(async world =>
    {
        var told = await All(Five.ToObservable().DeliverTo(world.Producer, static i => i == 2 ? throw new FormatException("two") : new Record("t", $"{i}")));
        Assert.Equal(["0", "1", "3", "4"], world.Log());
        var failed = Assert.Single(told, static delivery => !delivery.Succeeded);
        Assert.Equal((2, ProduceErrorCode.Serialization, Persistence.NotPersisted), (failed.State, failed.Error!.Code, failed.Persistence));
        Assert.IsType<FormatException>(failed.Error.Cause);
    });

    [Fact]
    [Law("L22")]
    public void An_element_of_many_records_has_one_outcome() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 3);
            world.Kafka.Faults.On(ApiKey.Produce).Topic("t").Partition(2).Fail(87);
            var told = await All(Five.ToObservable().DeliverTo(world.Producer, RecordsOf));
            var outcomes = told.ToDictionary(static delivery => delivery.State);
            Assert.Equal(5, outcomes.Count);
            Assert.Equal((true, -1, ""), (outcomes[0].Succeeded, outcomes[0].Metadata.Partition, outcomes[0].Metadata.Topic));
            Assert.Equal((0, true), (outcomes[1].Metadata.Partition, outcomes[2].Succeeded));
            Assert.Equal((short?)87, outcomes[3].Error!.BrokerErrorCode);
            Assert.Equal(ProduceErrorCode.Serialization, outcomes[4].Error!.Code);
            Assert.Equal(["1/0", "2/0", "3/0", "4/0"], world.Log());

            // Element i has i records, on partitions 0, 1, 2; after the first of the last one the function throws.
            static IEnumerable<Record> RecordsOf(int element)
            {
                for (var i = 0; i < element; i++)
                {
                    yield return element == 4 && i == 1 ? throw new FormatException() : new Record("t", $"{element}/{i}") { Partition = i };
                }
            }
        });

    [Fact]
    public void The_sources_error_comes_after_the_outcomes_of_what_came_before() => ProducerWorld.Run(
        async world =>
        {
            var checker = new CheckingObserver<Delivery<int>>();
            Five.ToObservable().Concat(Observable.Throw<int>(new FormatException())).DeliverTo(world.Producer, static i => new Record("t", $"{i}")).Subscribe(checker);
            await world.Delay(1000);
            Assert.Equal(5, checker.Values.Count);
            Assert.IsType<FormatException>(checker.Error);
        },
        new Setup { LingerMs = 50 });

    // The end of the client is not the end of the source.
    [Fact]
    public void A_dispose_of_the_producer_ends_a_subscription_with_an_error() => ProducerWorld.Run(async world =>
    {
        var source = new Subject<int>();
        var checker = new CheckingObserver<Delivery<int>>();
        source.DeliverTo(world.Producer, static i => new Record("t", $"{i}")).Subscribe(checker);
        source.OnNext(1);
        await world.Producer.DisposeAsync();
        Assert.Single(checker.Values);
        Assert.IsType<ObjectDisposedException>(checker.Error);
        Assert.False(source.HasObservers);
        var later = await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Observable.Return(1).DeliverTo(world.Producer, static i => new Record("t", $"{i}")).LastAsync());
        Assert.Contains(nameof(KafkaProducer), later.ObjectName, StringComparison.Ordinal);
    });

    private static Record MakeRecord(Element element) => new("t", $"{element.Number}");

    private static async Task<IList<T>> All<T>(IObservable<T> source) => await source.ToList();

    private sealed record Element(int Number);
}
