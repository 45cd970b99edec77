using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Batching;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Batching;

/// <summary>How large a partition's batches may be, learned from refusals alone.</summary>
public sealed class BatchLimitTests
{
    private const int Header = 61;

    [Fact]
    public void A_learned_limit_is_seldom_above_what_is_taken_and_not_far_below() => Law.Check("learned limit", Cases(), static given =>
    {
        var world = new World(given);
        world.Send(2000);
        var (refused, taken, bytes) = (world.Refused, world.Taken, world.TakenBytes);
        world.Send(20_000);
        refused = world.Refused - refused;
        taken = world.Taken - taken;
        Assert.True(refused * 50 <= taken, $"{refused} refused, {taken} taken");

        // Below an eighth of the limit a record's size does not matter.
        var most = Math.Min(given.Most, given.BatchSize);
        Assert.True(given.Record * 8 > most || (world.TakenBytes - bytes) / taken > most * 2 / 3, $"{(world.TakenBytes - bytes) / taken} bytes a batch, the limit is {most}");
    });

    // At first, and again after the topic takes more: nothing is learned for ever.
    [Fact]
    public void A_partition_that_is_refused_nothing_has_batches_of_BatchSize() => Law.Check("raised limit", Cases(), static given =>
    {
        var world = new World(given);
        world.Send(2000);
        world.Most = int.MaxValue;
        world.Send(20 * 200, TimeSpan.FromMinutes(1));
        Assert.Equal(given.BatchSize, world.Limit.Current);
        Assert.False(world.Limit.IsInDoubt);
    });

    [Fact]
    public void What_is_refused_is_above_the_limit_from_then_on() => Law.Check("below", Gen.Choose(75, 300_000).ArrayOf(), static sizes =>
    {
        var limit = new BatchLimit(100_000, TimeProvider.System);
        foreach (var size in sizes)
        {
            limit.Refused(size, 0);
            Assert.InRange(limit.Current, Header, Math.Min(100_000, size - 1));
            Assert.True(limit.IsInDoubt);
            if (size % 3 == 0)
            {
                limit.Taken(size - 1, 0);
            }
        }
    });

    private static Arbitrary<Case> Cases() =>
        (from batchSize in Gen.Choose(200, 70_000)
         from most in Gen.Choose(100, 70_000)
         from record in Gen.Elements(8, 50, 400)
         from ms in Gen.Elements(1, 20, 2000)
         from seed in Gen.Choose(0, 10_000)
         select new Case(batchSize, most, record, ms, seed)).ToArbitrary();

    /// <param name="BatchSize">The option.</param>
    /// <param name="Most">What the topic takes.</param>
    /// <param name="Record">Bytes of the largest record.</param>
    /// <param name="Ms">Between two batches.</param>
    /// <param name="Seed">Of the sizes.</param>
    private sealed record Case(int BatchSize, int Most, int Record, int Ms, int Seed);

    private sealed class World(Case given)
    {
        private readonly Random _random = new(given.Seed);
        private long _now;

        public BatchLimit Limit { get; } = new(given.BatchSize, TimeProvider.System);

        public int Most { get; set; } = given.Most;

        public long Refused { get; private set; }

        public long Taken { get; private set; }

        public long TakenBytes { get; private set; }

        public void Send(int batches, TimeSpan? pause = null)
        {
            for (var i = 0; i < batches; i++)
            {
                _now += (long)((pause ?? TimeSpan.FromMilliseconds(given.Ms)).TotalSeconds * TimeProvider.System.TimestampFrequency);
                Send();
            }
        }

        private void Send()
        {
            // Some batches are closed by linger, and small. Full ones lack less than a record.
            var record = _random.Next(7, given.Record + 1);
            var count = Math.Max(1, _random.Next(5) == 0 ? _random.Next(1, 5) : (Limit.Current - Header) / record);
            var bytes = Header + (count * record);
            if (count > 1 && bytes > Limit.Current)
            {
                (count, bytes) = (1, Header + record);
            }

            if (bytes <= Most)
            {
                Limit.Taken(bytes, _now);
                Taken++;
                TakenBytes += bytes;
            }
            else if (count > 1)
            {
                Limit.Refused(bytes, _now);
                Refused++;
            }
        }
    }
}
