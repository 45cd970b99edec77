using System.Text;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Design 4.6 where brokers remember little: after a restart they know one batch of each producer, and refuse older ones that they have.</summary>
public class BrokerMemoryTests
{
    private static readonly Setup SmallBatches = new() { BatchSize = 0, RequestTimeoutMs = 30_000 };

    // Appended, never answered, and all but the last forgotten: answered 45, 45, 45, 45, 0.
    [Theory]
    [Law("L41")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Appended_batches_without_answers_are_neither_doubled_nor_lost(int inFlight) => Run(async world =>
    {
        await world.Succeed("first");
        world.Kafka.Faults.On(ApiKey.Produce).DropResponse().Times(1);
        var sending = Send(world, inFlight);
        await world.Delay(1000);
        Assert.Equal(1 + inFlight, world.Kafka.Counters.Records);
        Restart(world);
        Assert.All(await Task.WhenAll(sending), static outcome => Assert.Null(outcome.Error));
        Assert.Equal((string?[])["first", .. Values(inFlight)], world.Log());
        await world.Succeed("later");
        Assert.Equal("later", world.Log()[^1]);
    });

    // Of five in flight the last ones never came: they are sent again, under the same numbers.
    [Theory]
    [Law("L41")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Those_that_were_not_appended_follow_those_that_were(int appended) => Run(async world =>
    {
        await world.Succeed("first");
        world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: false).Skip(appended).Times(1);
        if (appended > 0)
        {
            world.Kafka.Faults.On(ApiKey.Produce).DropResponse().Times(1);
        }

        var sending = Send(world, 5);
        await world.Delay(1);
        Restart(world);
        Assert.All(await Task.WhenAll(sending), static outcome => Assert.Null(outcome.Error));
        Assert.Equal((string?[])["first", .. Values(5)], world.Log());
    });

    // The only one that could tell failed for good: then nobody can.
    [Fact]
    public void When_nobody_can_tell_the_outcome_says_so() => Run(
        async world =>
        {
            await world.Succeed("first");
            world.Kafka.Faults.On(ApiKey.Produce).DropResponse().Times(1);
            var early = Send(world, 2);
            await world.Delay(1000);

            // Another producer's batch under the same id makes the broker forget ours: the test's own way to have every answer be 45.
            world.Kafka.Faults.On(ApiKey.Produce).Fail(45);
            Restart(world);
            foreach (var outcome in await Task.WhenAll(early))
            {
                Assert.Equal((ProduceErrorCode.Broker, (short?)45, Persistence.PossiblyPersisted), (outcome.Error!.Code, outcome.Error.BrokerErrorCode, outcome.Error.Persistence));
            }

            world.Kafka.Faults.Clear();
            await world.Succeed("later");
            Assert.Equal((string?[])["first", "0", "1", "later"], world.Log());
            Assert.Equal(1, world.Kafka.ReadLog("t")[^1].ProducerEpoch);
        });

    // A broker that forgot the producer altogether takes any number: only one batch may be under way until it has answered.
    [Fact]
    public void After_a_long_silence_one_batch_goes_first() => Run(async world =>
    {
        await world.Succeed("first");
        await world.Delay(61_000);
        await OneGoesFirst(world);
    });

    // What it proved on the last connection says nothing: it may have been restarted, and have lost what it knew of us.
    [Fact]
    public void After_a_reconnect_one_batch_goes_first() => Run(async world =>
    {
        await world.Succeed("first");
        world.Kafka.CutConnections(1);
        await world.Delay(1000);
        await OneGoesFirst(world);
    });

    // The first is there, but its answer (3) leaves that open, also beside later successes; those are acknowledged at once, and not told before it.
    [Fact]
    public void A_later_success_is_told_behind_the_earlier_batches() => Run(async world =>
    {
        await world.Succeed("first");
        world.Kafka.Faults.On(ApiKey.Produce).Fail(3, afterAppend: true).Times(1);
        var told = new List<string>();
        using var subscription = world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(delivery => told.Add(Encoding.UTF8.GetString(delivery.State.Value!.Value.Span))));
        await ProducerWorld.Start(() => Values(5).ToList().ForEach(value => world.Producer.OnNext(new Record("t", value) { Partition = 0 })));
        await world.Delay(10);
        Assert.Equal(6, world.Kafka.Counters.Records);
        Assert.Empty(told);
        await world.Producer.FlushAsync();
        await world.Delay(1); // the observer is told by a step of its own
        Assert.Equal(Values(5), told);
    });

    // The numbers of a given-up batch that is not there are a hole: the lane goes on under the next epoch, and nobody else does.
    [Fact]
    public void A_refused_batch_bumps_its_own_partition_only() => Run(async world =>
    {
        await world.Succeed("first");
        await world.Succeed("has numbers already", partition: 1);
        world.Kafka.Faults.On(ApiKey.Produce).Topic("t").Partition(0).Fail(87).Times(1);
        Assert.Equal((short?)87, (await Task.WhenAll(Send(world, 1)))[0].Error!.BrokerErrorCode);
        await world.Succeed("later");
        await world.Succeed("other", partition: 1);
        Assert.Equal([(short)0, (short)1], world.Kafka.ReadLog("t", 0).Select(static record => record.ProducerEpoch));
        Assert.Equal([(short)0, (short)0], world.Kafka.ReadLog("t", 1).Select(static record => record.ProducerEpoch));
    });

    // L41 with a refusal in the middle: the ones behind it get new numbers, the order stays.
    [Fact]
    [Law("L41")]
    public void What_stands_behind_a_refused_batch_arrives_in_order() => Run(async world =>
    {
        await world.Succeed("first");
        world.Kafka.Faults.On(ApiKey.Produce).Fail(87).Skip(1).Times(1);
        var outcomes = await Task.WhenAll(Send(world, 5));
        Assert.Equal([1], Enumerable.Range(0, 5).Where(i => outcomes[i].Error is not null));
        Assert.Equal(Persistence.NotPersisted, outcomes[1].Error!.Persistence);
        Assert.Equal((string?[])["first", "0", "2", "3", "4"], world.Log());
    });

    private static Task<(ProduceError? Error, RecordMetadata Metadata, double Milliseconds)>[] Send(ProducerWorld world, int records) =>
        world.SendEach(0, [.. Values(records)]);

    private static IEnumerable<string> Values(int records) => Enumerable.Range(0, records).Select(static i => i.ToString());

    // A broker that knows nothing of the producer would take the later ones behind the one that it refuses.
    private static async Task OneGoesFirst(ProducerWorld world)
    {
        world.Kafka.ForgetProducers("t", 0);
        world.Kafka.Faults.On(ApiKey.Produce).Fail(7).Times(1);
        Assert.All(await Task.WhenAll(Send(world, 5)), static outcome => Assert.Null(outcome.Error));
        Assert.Equal((string?[])["first", .. Values(5)], world.Log());
    }

    private static void Restart(ProducerWorld world)
    {
        world.Kafka.Stop(1, elect: false);
        world.Kafka.Restart(1);
    }

    private static void Run(Func<ProducerWorld, Task> body) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 2);
            await world.Producer.GetPartitionsAsync("t");
            await body(world);
        },
        SmallBatches);
}
