using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>MESSAGE_TOO_LARGE splits a batch until what is left fits or is one record (design 4.6; RA22, S18, S19).</summary>
public class SplitTests
{
    private const int Header = 61;
    private const int MostBesideValue = 16;

    // Whatever the limit and the sizes: a record that fits alone arrives, once and in order, one that does not is refused for certain, and a flush waits for all of it.
    [Fact]
    public void What_fits_alone_arrives_and_what_does_not_is_refused() => Law.Check("split", Cases(), static given => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", new TopicOptions { MaxMessageBytes = given.Limit });
            await world.Producer.GetPartitionsAsync("t");
            for (var fault = 0; fault < given.LostAnswers; fault++)
            {
                world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: fault % 2 == 0).Skip(1 + (3 * fault)).Times(1);
            }

            var ways = new[] { StepKind.Send, StepKind.Enqueue };
            var sending = given.Sizes.Select((size, i) => world.SendAsync(new Record("t", Value(i, size)) { Partition = 0 }, ways[i % given.Ways])).ToArray();
            await world.Producer.FlushAsync();
            var flushed = world.Now;
            var outcomes = await Task.WhenAll(sending);
            Assert.Equal(flushed, world.Now);
            var log = world.Kafka.ReadLog("t");
            Assert.Equal(log.Select(static record => record.ValueText), log.Select(static record => record.ValueText).Distinct());
            for (var i = 0; i < outcomes.Length; i++)
            {
                var place = log.Select(static record => record.ValueText).ToList().IndexOf(Value(i, given.Sizes[i]));
                var error = outcomes[i].Error;
                Assert.True(error?.Code != ProduceErrorCode.RecordTooLarge || given.Sizes[i] + Header + MostBesideValue > given.Limit, $"record {i} is not too large");
                var offset = outcomes[i].Metadata.Offset;
                Assert.True(error is not null ? error.Persistence == Persistence.PossiblyPersisted || place < 0 : place >= 0 && (offset == place || (given.LostAnswers > 0 && offset == -1)), $"record {i} is at {place}, told {offset} {error}");
                if (given.LostAnswers == 0 && given.Sizes[i] + Header + 6 > given.Limit)
                {
                    Assert.Equal((ProduceErrorCode.RecordTooLarge, Persistence.NotPersisted), (error?.Code, error?.Persistence));
                }
                else if (given.LostAnswers == 0 && given.Sizes[i] + Header + MostBesideValue <= given.Limit)
                {
                    Assert.Null(error);
                }
            }


            // Without numbers, a batch that was in flight beside a refused one is there before it.
            if (given.Idempotent || given.InFlight == 1)
            {
                Assert.Equal(log.Select(Number).Order(), log.Select(Number));
            }
        },
        new Setup { LingerMs = given.Linger, InFlight = given.InFlight, Idempotent = given.Idempotent, LatencyMs = 1 }));

    // A cut connection leaves open whether the batch is there; then it is found too large. Its parts keep its numbers, so they are taken only if it is not.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Small_records_arrive_though_their_batch_was_cut_off_and_too_large(bool idempotent) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", new TopicOptions { MaxMessageBytes = 1000 });
            await world.Producer.GetPartitionsAsync("t");
            await world.Succeed("warm");
            world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: false).Times(1);
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => world.SendAsync(new Record("t", Value(i, 50)), StepKind.Send)));
            Assert.All(outcomes, static outcome => Assert.Null(outcome.Error));
            var log = world.Kafka.ReadLog("t").Skip(1).Select(Number).ToList();
            Assert.Equal(Enumerable.Range(0, 500), idempotent ? log : log.Order());
            Assert.Equal(log, outcomes.Select(static (outcome, i) => (outcome.Metadata.Offset, i)).Order().Select(static told => told.i));
        },
        new Setup { Idempotent = idempotent });

    // What fits alone arrives, whatever is cut off in the meantime, and the first part on the log tells that the others are absent.
    [Fact]
    [Law("L41")]
    public void What_fits_alone_arrives_whatever_is_cut_off() => Law.Check("split and cut", CutCases(), static given => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", new TopicOptions { MaxMessageBytes = 400 });
            await world.Producer.GetPartitionsAsync("t");
            foreach (var (skip, appended) in given.Cuts)
            {
                world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: appended).Skip(skip).Times(1);
            }

            var outcomes = await Task.WhenAll(given.Sizes.Select((size, i) => world.SendAsync(new Record("t", Value(i, size)), StepKind.Send)));
            Assert.All(outcomes, static outcome => Assert.Null(outcome.Error));
            Assert.Equal(Enumerable.Range(0, given.Sizes.Length), world.Kafka.ReadLog("t").Select(Number));
        },
        new Setup { LingerMs = given.Linger, InFlight = given.InFlight, BatchSize = given.BatchSize, LatencyMs = 1 }));

    // The first part on the log tells that the batch is not there: so the record that is too large is refused for certain, and those after it arrive.
    [Fact]
    public void One_record_too_large_in_a_batch_that_was_cut_off_fails_alone() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", new TopicOptions { MaxMessageBytes = 400 });
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: false).Times(1);
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 11).Select(i => world.SendAsync(new Record("t", Value(i, i == 5 ? 1000 : 20)), StepKind.Send)));
            Assert.Equal((ProduceErrorCode.RecordTooLarge, Persistence.NotPersisted), (outcomes[5].Error?.Code, outcomes[5].Error?.Persistence));
            Assert.All(outcomes.Where(static (_, i) => i != 5), static outcome => Assert.Null(outcome.Error));
            Assert.Equal([0, 1, 2, 3, 4, 6, 7, 8, 9, 10], world.Kafka.ReadLog("t").Select(Number));
        },
        new Setup { LingerMs = 5 });

    // Nothing tells then whether the batch is there. A broker that knows nothing of us would take what is left, with a gap before it.
    [Fact]
    [Law("L43")]
    public void What_is_left_of_a_batch_that_was_cut_off_is_not_sent_after_a_gap() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", new TopicOptions { MaxMessageBytes = 400 });
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: false).Times(1);
            var outcomes = await Task.WhenAll(new[] { 1000, 20, 20 }.Select((size, i) => world.SendAsync(new Record("t", Value(i, size)), StepKind.Send)));
            Assert.Equal([ProduceErrorCode.RecordTooLarge, ProduceErrorCode.Broker, ProduceErrorCode.Broker], outcomes.Select(static outcome => outcome.Error!.Code));
            Assert.All(outcomes, static outcome => Assert.Equal(Persistence.PossiblyPersisted, outcome.Error!.Persistence));
            await world.Succeed("3");
            Assert.Equal([(1, 0)], world.Numbers().Select(static numbers => (numbers.Epoch, numbers.Sequence)));
        },
        new Setup { LingerMs = 5 });

    // A batch behind them fails for good before they are sent: they and those after them keep their numbers, so somebody can go first.
    [Fact]
    public void A_record_too_large_behind_a_split_batch_stops_nobody() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", new TopicOptions { MaxMessageBytes = 400 });
            await world.Producer.GetPartitionsAsync("t");
            await world.Succeed("0");
            int[] sizes = [200, 200, 20, 1000, 20];
            var outcomes = await Task.WhenAll(sizes.Select((size, i) => world.SendAsync(new Record("t", Value(i + 1, size)), StepKind.Send)));
            Assert.Equal([null, null, null, ProduceErrorCode.RecordTooLarge, null], outcomes.Select(static outcome => outcome.Error?.Code));
            Assert.Equal([0, 1, 2, 3, 5], world.Kafka.ReadLog("t").Select(Number));
        },
        new Setup { BatchSize = 500, LatencyMs = 1 });

    // The first of them leaves a gap, the second gets new numbers, the third is refused for its size or for now: it needs new ones too, or nobody could go first.
    [Theory]
    [InlineData(new[] { 1000, 150, 150, 200, 200 }, 0)]
    [InlineData(new[] { 1000, 150, 150, 160, 160 }, 19)]
    public void What_is_refused_after_a_gap_stops_nobody(int[] sizes, int code) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t", new TopicOptions { MaxMessageBytes = 400 });
            await world.Producer.GetPartitionsAsync("t");
            await world.Succeed("0");
            if (code != 0)
            {
                world.Kafka.Faults.On(ApiKey.Produce).Fail((short)code).Skip(2).Times(1);
            }

            var outcomes = await Task.WhenAll(sizes.Select((size, i) => world.SendAsync(new Record("t", Value(i + 1, size)), StepKind.Send)));
            Assert.Equal([ProduceErrorCode.RecordTooLarge, null, null, null, null], outcomes.Select(static outcome => outcome.Error?.Code));
            Assert.Equal([0, 2, 3, 4, 5], world.Kafka.ReadLog("t").Select(Number));
        },
        new Setup { BatchSize = 500, LatencyMs = 1 });

    // The broker looks at the size before it looks for a duplicate. Of a batch that is there it takes no part: their numbers are behind its last one.
    [Fact]
    [Law("L41")]
    public void The_parts_of_a_batch_that_is_there_are_not_written_again() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Faults.On(ApiKey.Produce).CutConnection(afterAppend: true).Times(1);
            world.Kafka.Faults.On(ApiKey.Produce).Fail(10).Skip(1).Times(1);
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => world.SendAsync(new Record("t", Value(i, 10)), StepKind.Send)));
            Assert.All(outcomes, static outcome => Assert.Equal((ProduceErrorCode.Broker, Persistence.PossiblyPersisted), (outcome.Error?.Code, outcome.Error?.Persistence)));
            Assert.Equal(3, world.Kafka.ReadLog("t").Count);
            await world.Succeed("next");
        },
        new Setup { LingerMs = 5 });

    // Each half keeps its share of the numbers, so what was numbered behind the batch needs no others.
    [Fact]
    public void The_halves_share_the_numbers_of_the_whole() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Faults.On(ApiKey.Produce).Fail(10).Times(1);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => world.SendAsync(new Record("t", Value(i, 10)), StepKind.Send)));
            Assert.Equal([(0, (short)0), (4, (short)0)], world.Kafka.ReadLog("t").Select(static record => (record.Sequence - (int)(record.Offset - record.BatchOffset), record.ProducerEpoch)).Distinct());
            Assert.Equal(3, world.Kafka.Counters.Requests(ApiKey.Produce));
        },
        new Setup { LingerMs = 5 });

    // Halves wait in the middle of splitting: purge, the delivery timeout and dispose end each record all the same.
    [Theory]
    [InlineData("purge")]
    [InlineData("timeout")]
    [InlineData("dispose")]
    public void Halves_that_cannot_be_sent_end_with_the_whole(string end) => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Faults.On(ApiKey.Produce).Fail(10).Times(1);
            world.Kafka.Faults.On(ApiKey.Produce).Hang().Skip(2);
            var sending = Enumerable.Range(0, 8).Select(i => world.SendAsync(new Record("t", Value(i, 10)), StepKind.Send)).ToArray();
            await world.Delay(1000);
            if (end == "purge")
            {
                await world.Producer.PurgeAsync();
            }
            else if (end == "dispose")
            {
                await world.Producer.DisposeAsync();
            }

            var outcomes = await Task.WhenAll(sending);
            Assert.All(outcomes[..4], static outcome => Assert.Null(outcome.Error));
            Assert.All(outcomes[4..], static outcome => Assert.Equal(Persistence.PossiblyPersisted, outcome.Error?.Persistence));
        },
        new Setup { LingerMs = 5, RequestTimeoutMs = 2000, DeliveryTimeoutMs = 10_000, CloseTimeoutMs = 1000 });

    // S16: its time is over while it is on its way, and then it is found too large.
    [Fact]
    public void What_has_its_outcome_is_not_split() => ProducerWorld.Run(
        async world =>
        {
            world.Kafka.CreateTopic("t");
            await world.Producer.GetPartitionsAsync("t");
            world.Kafka.Faults.On(ApiKey.Produce).Fail(10).Delay(TimeSpan.FromSeconds(3)).Times(1);
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => world.SendAsync(new Record("t", Value(i, 10)), StepKind.Send)));
            Assert.All(outcomes, static outcome => Assert.Equal(ProduceErrorCode.DeliveryTimeout, outcome.Error?.Code));
            await world.Delay(10_000);
            Assert.Equal(1, world.Kafka.Counters.Requests(ApiKey.Produce));
            Assert.Empty(world.Kafka.ReadLog("t"));
        },
        new Setup { LingerMs = 5, RequestTimeoutMs = 1500, DeliveryTimeoutMs = 2000 });

    private static int Number(LogRecord record) => int.Parse(record.ValueText!.Split(' ')[0]);

    private static string Value(int number, int size) => $"{number} ".PadRight(size, '.');

    private static Arbitrary<Case> Cases() =>
        (from limit in Gen.Choose(100, 1500)
         from sizes in Gen.Frequency((4, Gen.Choose(4, 60)), (2, Gen.Choose(4, 400)), (1, Gen.Choose(4, 2000))).ArrayOf()
         from linger in Gen.Elements(0, 5)
         from inFlight in Gen.Choose(1, 5)
         from ways in Gen.Choose(1, 2)
         from idempotent in Gen.Elements(true, true, false)
         from lost in idempotent ? Gen.Choose(0, 2) : Gen.Constant(0)
         select new Case(limit, sizes, linger, inFlight, ways, idempotent, lost)).ToArbitrary();

    private static Arbitrary<CutCase> CutCases() =>
        (from count in Gen.Choose(1, 60)
         from sizes in Gen.Choose(4, 300).ArrayOf(count)
         from cuts in Gen.Zip(Gen.Choose(0, 6), Gen.Elements(true, false)).ArrayOf(3)
         from linger in Gen.Elements(0, 5)
         from inFlight in Gen.Choose(1, 5)
         from batchSize in Gen.Elements(600, 2000, 16384)
         select new CutCase(sizes, cuts, linger, inFlight, batchSize)).ToArbitrary();

    private sealed record CutCase(int[] Sizes, (int Skip, bool Appended)[] Cuts, int Linger, int InFlight, int BatchSize)
    {
        public override string ToString() => $"sizes [{string.Join(", ", Sizes)}], cuts [{string.Join(", ", Cuts)}], linger {Linger}, in flight {InFlight}, batch size {BatchSize}";
    }

    private sealed record Case(int Limit, int[] Sizes, int Linger, int InFlight, int Ways, bool Idempotent, int LostAnswers)
    {
        public override string ToString() => $"limit {Limit}, sizes [{string.Join(", ", Sizes)}], linger {Linger}, in flight {InFlight}, ways {Ways}, idempotent {Idempotent}, lost answers {LostAnswers}";
    }
}
