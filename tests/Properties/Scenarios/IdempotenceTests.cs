using System.Buffers.Binary;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Producer ids, epochs and sequence numbers on the wire and on the log (design 4.6). Carries I1, I2, I4 to I8, I10, I16, I17, I19 to I22, I25 and I26.</summary>
public class IdempotenceTests
{
    private static readonly Setup EachRecordAlone = new() { BatchSize = 0 };

    // I1: also while the topic is unknown, and with one request at a time.
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void The_producer_id_comes_before_the_first_batch(int inFlight) => ProducerWorld.Run(
        async world =>
        {
            var order = new List<ApiKey>();
            world.Kafka.RequestReceived = request => order.Add(request.Key);
            world.Kafka.Faults.On(ApiKey.InitProducerId).Delay(TimeSpan.FromMilliseconds(500)).Times(1);
            var outcomes = await Task.WhenAll(world.SendEach(0, "0", "1"));
            Assert.All(outcomes, static outcome => Assert.Null(outcome.Error));
            Assert.InRange(outcomes[0].Milliseconds, 500, 700);
            Assert.True(order.IndexOf(ApiKey.InitProducerId) < order.IndexOf(ApiKey.Produce));
            Assert.Equal([(1000, 0, 0), (1000, 0, 1)], world.Numbers());
        },
        EachRecordAlone with { InFlight = inFlight });

    // I2
    [Fact]
    public void Without_leave_to_be_idempotent_records_fail_until_it_is_given() => Run(async world =>
    {
        world.Kafka.Faults.On(ApiKey.InitProducerId).Fail(31).Times(1);
        foreach (var (error, _, took) in await Task.WhenAll(world.SendEach(0, "0").Concat(world.SendEach(1, "1"))))
        {
            Assert.Equal((ProduceErrorCode.Authorization, (short?)31, Persistence.NotPersisted, false, 0d), (error!.Code, error.BrokerErrorCode, error.Persistence, error.IsFatal, took));
        }

        await world.Succeed("allowed");
        Assert.Equal([(1000, 0, 0)], world.Numbers());
    });

    [Fact]
    public void A_stream_of_records_asks_once_a_back_off_for_leave_to_be_idempotent_and_one_line_tells_of_it()
    {
        const int Refused = 314;
        using var log = new EventLog();
        ProducerWorld.Run(Asks, logs: log);
        Assert.Equal(1, log.Count(Refused));

        static async Task Asks(ProducerWorld world)
        {
            world.Kafka.CreateTopic("t");
            var rule = world.Kafka.Faults.On(ApiKey.InitProducerId).Fail(31);
            for (var i = 0; i < 100; i++)
            {
                var (error, _, took) = await world.SendAsync(new Record("t", "v"), StepKind.Send);
                Assert.Equal((ProduceErrorCode.Authorization, Persistence.NotPersisted), (error!.Code, error.Persistence));
                Assert.InRange(took, 0, 1100);
            }

            Assert.InRange(world.Kafka.Counters.Requests(ApiKey.InitProducerId), 10, 101);
            Assert.InRange(world.Now.TotalSeconds, 50, 110);
            rule.Remove();
            await world.Succeed("allowed");
            Assert.Equal([(1000, 0, 0)], world.Numbers());
        }
    }

    // I4, I25: batches follow each other without an answer between them, and their numbers count records.
    [Fact]
    public void Sequence_numbers_count_records() => Run(
        async world =>
        {
            var sent = Sequences(world);
            await world.Succeed("a");
            world.Kafka.Faults.On(ApiKey.Produce).DelayResponse(TimeSpan.FromMilliseconds(200)).Times(1);
            var all = new List<Task<(ProduceError? Error, RecordMetadata Metadata, double Milliseconds)>>();
            foreach (var group in (string[][])[["b", "c", "d"], ["e", "f"], ["g", "h", "i", "j"], ["k"]])
            {
                all.AddRange(world.SendEach(0, group));
                await world.Delay(20);
            }

            Assert.Equal(Enumerable.Range(1, 10).Select(static i => (long)i), (await Task.WhenAll(all)).Select(static outcome => outcome.Metadata.Offset));
            Assert.Equal([0, 1, 4, 6, 10], sent);
            Assert.Equal([(1000, 0, 0), (1000, 0, 1), (1000, 0, 4), (1000, 0, 6), (1000, 0, 10)], world.Numbers());
        },
        new Setup { LingerMs = 5 });

    // I5: the ones behind a failure are refused too, and all go again in order, under their numbers; a new one takes none before.
    [Theory]
    [Law("L41")]
    [InlineData(5)]
    [InlineData(19)]
    public void What_was_refused_behind_a_failure_goes_again_in_order(short code) => Run(async world =>
    {
        await world.Succeed("first");
        var sent = Sequences(world);
        world.Kafka.Faults.On(ApiKey.Produce).Fail(code).Times(1);
        var sending = world.SendEach(0, "0", "1", "2");
        await world.Delay(10);
        var meanwhile = world.SendEach(0, "3");
        Assert.All(await Task.WhenAll(sending.Concat(meanwhile)), static outcome => Assert.Null(outcome.Error));
        Assert.Equal(["first", "0", "1", "2", "3"], world.Log());
        Assert.Equal([1, 2, 3, 1, 2, 3, 4], sent);
        Assert.All(world.Numbers(), static numbers => Assert.Equal((1000, 0), (numbers.Id, numbers.Epoch)));
    });

    // I6: the ones behind it were numbered after it, and begin a new epoch.
    [Fact]
    [Law("L41")]
    public void Behind_a_record_that_is_too_large_the_numbers_begin_anew() => Run(async world =>
    {
        await world.Succeed("first");
        world.Kafka.Faults.On(ApiKey.Produce).Fail(10).Times(1);
        var outcomes = await Task.WhenAll(world.SendEach(0, "too large", "1", "2"));
        Assert.Equal((ProduceErrorCode.RecordTooLarge, Persistence.NotPersisted), (outcomes[0].Error!.Code, outcomes[0].Error!.Persistence));
        Assert.Equal(["first", "1", "2"], world.Log());
        Assert.Equal([(1000, 0, 0), (1000, 1, 0), (1000, 1, 1)], world.Numbers());
    });

    // I7, I19, I20, I22: whatever the broker says of its log's start, nothing of this batch is there.
    [Theory]
    [Law("L41")]
    [InlineData(45)]
    [InlineData(59)]
    public void A_broker_that_lost_our_state_gets_a_new_epoch(short code) => Run(
        async world =>
        {
            await world.Succeed("first");
            world.Kafka.Faults.On(ApiKey.Produce).Fail(code).Times(1);
            var outcomes = await Task.WhenAll(world.SendEach(0, "0", "1"));
            Assert.Equal([1L, 2L], outcomes.Select(static outcome => outcome.Metadata.Offset));
            Assert.Equal([(1000, 0, 0), (1000, 1, 0)], world.Numbers());
        },
        new Setup { LingerMs = 5 });

    // I21: one new epoch for all that were under way.
    [Fact]
    [Law("L41")]
    public void Several_refused_by_a_broker_that_forgot_us_share_one_new_epoch() => Run(async world =>
    {
        await world.Succeed("first");
        world.Kafka.Faults.On(ApiKey.Produce).Fail(59).Times(3);
        Assert.All(await Task.WhenAll(world.SendEach(0, "0", "1", "2")), static outcome => Assert.Null(outcome.Error));
        Assert.Equal(["first", "0", "1", "2"], world.Log());
        Assert.Equal([(1000, 0, 0), (1000, 1, 0), (1000, 1, 1), (1000, 1, 2)], world.Numbers());
    });

    // Retention and expiration took the broker's memory: it takes any number first, and goes on from there.
    [Fact]
    public void A_partition_that_forgot_the_producer_goes_on_with_its_numbers() => Run(async world =>
    {
        await world.Succeed("first");
        world.Kafka.ForgetProducers("t", 0);
        await world.Succeed("second");
        await world.Succeed("third");
        Assert.Equal([(1000, 0, 0), (1000, 0, 1), (1000, 0, 2)], world.Numbers());
    });

    // I10, changed: a success of the later one, which was sent under the proof, says that the earlier one is there.
    [Fact]
    [Law("L41")]
    public void A_later_success_decides_an_earlier_batch_that_was_unclear() => Run(async world =>
    {
        await world.Succeed("first");
        var sent = Sequences(world);
        world.Kafka.Faults.On(ApiKey.Produce).Fail(7, afterAppend: true).Times(1);
        var outcomes = await Task.WhenAll(world.SendEach(0, "0", "1"));
        Assert.All(outcomes, static outcome => Assert.Null(outcome.Error));
        Assert.Equal([-1L, 2L], outcomes.Select(static outcome => outcome.Metadata.Offset));
        Assert.Equal([1, 2], sent);
        Assert.Equal(["first", "0", "1"], world.Log());
    });

    // I17: a refusal behind it ends the epoch, and the unclear one is still told by the old numbers.
    [Fact]
    [Law("L41")]
    public void An_unclear_batch_keeps_its_numbers_when_the_epoch_ends() => Run(async world =>
    {
        await world.Succeed("first");
        world.Kafka.Faults.On(ApiKey.Produce).Fail(7, afterAppend: true).Times(1);
        world.Kafka.Faults.On(ApiKey.Produce).Fail(87).Skip(1).Times(1);
        var outcomes = await Task.WhenAll(world.SendEach(0, "unclear", "refused", "behind"));
        Assert.Equal([null, (short?)87, null], outcomes.Select(static outcome => outcome.Error?.BrokerErrorCode));
        Assert.Equal(1, outcomes[0].Metadata.Offset);
        Assert.Equal(1, world.Kafka.Counters.Duplicates);
        Assert.Equal(["first", "unclear", "behind"], world.Log());
        Assert.Equal([(1000, 0, 0), (1000, 0, 1), (1000, 1, 0)], world.Numbers());
    });

    // I8, I16: behind the largest epoch comes another producer id, for the partition that needs it; the other one's batch is told by the old numbers.
    [Theory]
    [InlineData(45)]
    [InlineData(87)]
    public void Behind_the_largest_epoch_comes_a_new_producer_id(short code) => RunWithLastEpoch(async world =>
    {
        await world.Succeed("first", 0);
        await world.Succeed("first", 1);
        world.Kafka.Faults.On(ApiKey.Produce).Partition(1).Fail(7, afterAppend: true).Times(1);
        world.Kafka.Faults.On(ApiKey.Produce).Partition(0).Fail(code).Times(1);
        var outcomes = await Task.WhenAll(world.SendEach(0, "0").Concat(world.SendEach(1, "1")));
        Assert.Equal(code == 45, outcomes[0].Error is null);
        Assert.Null(outcomes[1].Error);
        await world.Succeed("last", 0);
        await world.Succeed("last", 1);
        Assert.Equal(code == 45 ? [(1000, short.MaxValue, 0), (1001, 0, 0), (1001, 0, 1)] : [(1000, short.MaxValue, 0), (1001, 0, 0)], world.Numbers(0));
        Assert.Equal([(1000, short.MaxValue, 0), (1000, short.MaxValue, 1), (1000, short.MaxValue, 2)], world.Numbers(1));
        Assert.Equal(2, world.Kafka.Counters.Requests(ApiKey.InitProducerId));
        Assert.Equal(2, world.Kafka.Counters.Refused);
    });

    // I26, changed: a lost answer costs no epoch, so the largest one too is kept.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lost_answer_in_the_largest_epoch_needs_no_new_producer_id(bool afterAppend) => RunWithLastEpoch(async world =>
    {
        await world.Succeed("first");
        world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend).Times(1);
        await world.Succeed("second");
        Assert.Equal([(1000, short.MaxValue, 0), (1000, short.MaxValue, 1)], world.Numbers());
        Assert.Equal(1, world.Kafka.Counters.Requests(ApiKey.InitProducerId));
    });

    // No epoch is left and no id can be had: records fail at their time, dispose ends, and nothing of the old id is used again.
    [Fact]
    public void While_no_new_producer_id_can_be_had_records_wait_their_time() => RunWithLastEpoch(
        async world =>
        {
            await world.Succeed("first");
            world.Kafka.Faults.On(ApiKey.Produce).Fail(87).Times(1);
            Assert.NotNull((await world.SendEach(0, "refused")[0]).Error);
            var rule = world.Kafka.Faults.On(ApiKey.InitProducerId).Fail(14);
            var (error, _, took) = await world.SendEach(0, "waits")[0];
            Assert.Equal((ProduceErrorCode.DeliveryTimeout, Persistence.NotPersisted, 5000), (error!.Code, error.Persistence, took));
            rule.Remove();
            await world.Succeed("last");
            Assert.Equal([(1000, short.MaxValue, 0), (1001, 0, 0)], world.Numbers());
        },
        EachRecordAlone with { DeliveryTimeoutMs = 5000 });

    /// <summary>The base sequences that arrive, from now on.</summary>
    private static List<int> Sequences(ProducerWorld world)
    {
        var sequences = new List<int>();
        world.Kafka.RequestReceived = request => sequences.AddRange(request.Batches.Select(static batch => batch.BaseSequence));
        return sequences;
    }

    private static void Run(Func<ProducerWorld, Task> body, Setup? setup = null) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", 2);
            await world.Producer.GetPartitionsAsync("t");
            await body(world);
        },
        setup ?? EachRecordAlone);

    /// <summary>The first producer id comes with the largest epoch there is; Kafka would take 32,767 refusals to get there.</summary>
    private static void RunWithLastEpoch(Func<ProducerWorld, Task> body, Setup? setup = null)
    {
        const int EpochAt = 4 + 2 + 8; // throttle time, error code, producer id
        var network = new AlteredNetwork();
        var given = 0;
        network.Answer = (request, answer) =>
        {
            if (request.Key != ApiKey.InitProducerId || given++ > 0)
            {
                return null;
            }

            BinaryPrimitives.WriteInt16BigEndian(answer.AsSpan(EpochAt), short.MaxValue);
            return answer;
        };
        network.Run(
            async world =>
            {
                world.Kafka.CreateTopic("t", 2);
                await world.Producer.GetPartitionsAsync("t");
                await body(world);
            },
            setup ?? EachRecordAlone);
    }
}
