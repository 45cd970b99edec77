using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>
/// Answers that come when the outcome is told already (V4, L45): they change nothing of it, nothing is sent again because of them, and what they say of the numbers
/// is believed (design 4.6). Carries PB1, PB2, PB4, S4, S11 to S15, S17, I11 to I14 and RA16 to RA18.
/// </summary>
public class LateAnswerTests
{
    private const int Expiry = 5000;

    private static readonly Setup EachRecordAlone = new() { BatchSize = 0, DeliveryTimeoutMs = Expiry, RequestTimeoutMs = 3000 };

    // PB1, PB2, S12, S14, S15: the code, whether it was appended, and what the next batch's numbers are: a success settles them, else they begin anew (I12, I14).
    [Theory]
    [InlineData(0, true, 0, 2)]
    [InlineData(7, true, 1, 0)]
    [InlineData(19, false, 1, 0)]
    [InlineData(87, false, 1, 0)]
    public void A_late_answer_changes_no_outcome_and_sends_nothing_again(short code, bool appended, int nextEpoch, int nextSequence) => Run(async world =>
    {
        await world.Succeed("first");
        var rule = world.Kafka.Faults.On(ApiKey.Produce).DelayResponse(TimeSpan.FromSeconds(7)).Times(1);
        _ = code == 0 ? rule : rule.Fail(code, appended);
        var (error, _, took) = await world.SendEach(0, "late")[0];
        Assert.Equal((ProduceErrorCode.DeliveryTimeout, Persistence.PossiblyPersisted), (error!.Code, error.Persistence));
        Assert.Equal(Expiry, took);

        // S14: nothing of this partition before that answer, which may be the one that says how it goes on.
        var bytes = ToBroker(world);
        var later = world.SendEach(0, "later")[0];
        await world.Delay(1999);
        Assert.Equal(bytes, ToBroker(world));
        Assert.Null((await later).Error);
        Assert.Equal(2000, (await later).Milliseconds);
        Assert.Equal(3, world.Kafka.Counters.Requests(ApiKey.Produce));
        Assert.Equal(appended ? ["first", "late", "later"] : ["first", "later"], world.Log());
        Assert.Equal((1000, nextEpoch, nextSequence), world.Numbers().Last());
    });

    // I14, RA17: nobody ever answered.
    [Fact]
    public void Without_any_answer_the_numbers_begin_anew() => Run(async world =>
    {
        await world.Succeed("first");
        world.Kafka.Faults.On(ApiKey.Produce).DropResponse().Times(1);
        Assert.All(await Task.WhenAll(world.SendEach(0, "0", "1", "2")), static outcome => Assert.Equal(Persistence.PossiblyPersisted, outcome.Error!.Persistence));
        await world.Succeed("later");
        Assert.Equal(["first", "0", "1", "2", "later"], world.Log());
        Assert.Equal((1000, 1, 0), world.Numbers().Last());
    });

    // I11: what was never sent took no number.
    [Fact]
    public void A_batch_that_expires_unsent_leaves_no_gap() => Run(
        async world =>
        {
            await world.Succeed("first");
            world.Kafka.Faults.On(ApiKey.Produce).DelayResponse(TimeSpan.FromSeconds(7)).Times(1);
            var inFlight = world.SendEach(0, "in flight")[0];
            await world.Delay(500);
            var unsent = await world.SendEach(0, "unsent")[0];
            Assert.Equal((ProduceErrorCode.DeliveryTimeout, Persistence.NotPersisted, Expiry), (unsent.Error!.Code, unsent.Error.Persistence, unsent.Milliseconds));
            Assert.Equal(Expiry, (await inFlight).Milliseconds);
            await world.Succeed("later");
            Assert.Equal(["first", "in flight", "later"], world.Log());
            Assert.Equal([(1000, 0, 0), (1000, 0, 1), (1000, 0, 2)], world.Numbers());
        },
        EachRecordAlone with { InFlight = 1 });

    // RA18, and I12, the half that is changed: expired between two attempts, nobody will tell any more.
    [Fact]
    [Law("L45")]
    public void A_batch_that_expires_while_it_waits_for_its_retry_ends_its_epoch() => Run(
        async world =>
        {
            await world.Succeed("first");
            world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: true).Times(1);
            var (error, _, took) = await world.SendEach(0, "unclear")[0];
            Assert.Equal((Persistence.PossiblyPersisted, Expiry), (error!.Persistence, took));
            Assert.Contains("1 attempt, last", error.Message, StringComparison.Ordinal);
            await world.Delay(10_000);
            await world.Succeed("later");
            Assert.Equal(["first", "unclear", "later"], world.Log());
            Assert.Equal((1000, 1, 0), world.Numbers().Last());
        },
        retryBackoff: 10_000);

    // I13, changed: refused behind one that expired unclear, a batch may be one that the broker has forgotten, and renumbered it might be there twice.
    [Fact]
    public void A_batch_refused_behind_an_expired_one_is_not_renumbered() => Run(
        async world =>
        {
            await world.Succeed("first");
            world.Kafka.Faults.On(ApiKey.Produce).Hang().Times(1);
            var expires = world.SendEach(0, "expires")[0];
            await world.Delay(3000);
            var refused = world.SendEach(0, "refused")[0];
            await world.Delay(1000);
            world.Kafka.CutConnections(1);
            Assert.Equal(Expiry, (await expires).Milliseconds);
            var error = (await refused).Error!;
            Assert.Equal((ProduceErrorCode.Broker, (short?)45, Persistence.PossiblyPersisted), (error.Code, error.BrokerErrorCode, error.Persistence));
            Assert.InRange((await refused).Milliseconds, 3000, Expiry - 1);
            await world.Succeed("later");
            Assert.Equal(["first", "later"], world.Log());
            Assert.Equal((1000, 1, 0), world.Numbers().Last());
        },
        retryBackoff: 3000);

    // PB4, S13, RA16: each at its own instant, to the tick, whatever the wall clock does.
    [Fact]
    [Law("L45")]
    public void Batches_of_several_partitions_expire_each_in_time() => Run(async world =>
    {
        world.Kafka.AcceptAndNeverAnswer(1);
        var together = world.SendEach(0, "a").Concat(world.SendEach(1, "b")).ToArray();
        await world.Delay(700);
        world.Simulation.Time.ShiftWallClock(TimeSpan.FromHours(-3));
        var after = world.SendEach(1, "c")[0];
        await world.Delay(700);
        world.Simulation.Time.ShiftWallClock(TimeSpan.FromHours(6));
        Assert.All(await Task.WhenAll([.. together, after]), static outcome => Assert.Equal((ProduceErrorCode.DeliveryTimeout, Expiry), (outcome.Error!.Code, outcome.Milliseconds)));
        Assert.Equal(Expiry + 700, world.Now.TotalMilliseconds);
    });

    // S11: in a memory that holds three batches, whatever is not given back is missed.
    [Fact]
    public void The_memory_of_what_expired_in_flight_comes_back_once() => Run(
        async world =>
        {
            await world.Succeed("first");
            var value = new string('x', 2000);
            for (var i = 0; i < 8; i++)
            {
                world.Kafka.Faults.On(ApiKey.Produce).DelayResponse(TimeSpan.FromSeconds(6)).Times(1);
                Assert.Equal(ProduceErrorCode.DeliveryTimeout, (await world.SendEach(0, value)[0]).Error!.Code);
            }

            await world.Delay(60_000);
            Assert.All(await Task.WhenAll(world.SendEach(0, value, value, value, value, value)), static outcome => Assert.Null(outcome.Error));
        },
        EachRecordAlone with { BufferMemory = 8192 });

    // S4: the observer pushes into the producer that tells it of the expiry.
    [Fact]
    public void Records_may_be_pushed_again_when_their_expiry_is_told() => Run(async world =>
    {
        world.Kafka.AcceptAndNeverAnswer(1);
        var told = new List<Delivery<Record>>();
        using var subscription = world.Producer.Deliveries.Subscribe(new Collector<Delivery<Record>>(delivery =>
        {
            told.Add(delivery);
            if (!delivery.Succeeded)
            {
                world.Kafka.Restart(1);
                world.Producer.OnNext(new Record("t", "again") { Partition = 0 });
            }
        }));
        await ProducerWorld.Start(() => Enumerable.Range(0, 10).ToList().ForEach(_ => world.Producer.OnNext(new Record("t", "v") { Partition = 0 })));
        await world.Delay(Expiry + 4000);
        Assert.Equal((10, 10), (told.Count(static d => !d.Succeeded), told.Count(static d => d.Succeeded)));
        Assert.Equal(Enumerable.Repeat("again", 10), world.Log());
    });

    // S17, V8: what is expired wakes nobody again.
    [Fact]
    public void After_an_expiry_nobody_spins() => Run(async world =>
    {
        world.Kafka.AcceptAndNeverAnswer(1);
        Assert.NotNull((await world.SendEach(0, "v")[0]).Error);
        var steps = world.Simulation.Steps;
        await world.Delay(60_000);
        Assert.InRange(world.Simulation.Steps - steps, 0, 300);
    });

    private static long ToBroker(ProducerWorld world) => world.Simulation.Network.Connections.Sum(static connection => connection.BytesToServer);

    private static void Run(Func<ProducerWorld, Task> body, Setup? setup = null, double retryBackoff = 100) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 2);
            await world.Producer.GetPartitionsAsync("t");
            await body(world);
        },
        setup ?? EachRecordAlone,
        configure: options =>
        {
            options.RetryBackoff = TimeSpan.FromMilliseconds(retryBackoff);
            options.RetryBackoffMax = TimeSpan.FromMilliseconds(Math.Max(1000, retryBackoff));
        });
}
