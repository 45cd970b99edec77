using System.Numerics;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Memory;

namespace Rx.Kafka.Properties.Memory;

/// <summary>L15, design 4.2: the pure threshold itself, a clause a law.</summary>
public sealed class MemoryThresholdTests
{
    private const int Usual = 16384;
    private const int Total = 1_000_000;
    private static readonly MemoryLimits Limits = new(Total, Usual, new BatchOverhead(200, 1000));

    private static Gen<Holding> Holdings =>
        from free in Gen.Choose(0, Total)
        from others in Gen.Choose(0, Total - free)
        let most = Total - free - others
        from own in Gen.Choose(0, most).Or(Gen.Choose(0, Math.Min(100, most))).Or(Gen.Constant(0))
        from channels in Gen.Choose(1, 5000)
        from needed in Gen.Choose(0, 40_000)
        select new Holding(free, own, own + others, channels, needed);

    [Fact]
    public void A_chunk_is_the_usual_one_while_that_is_fair() => Chunks((minimum, free, channels, chunk) =>
        free / (2.0 * channels) < Usual || chunk == Math.Max(Usual, minimum));

    [Fact]
    public void A_chunk_is_the_largest_fair_power_of_two_where_memory_is_short() => Chunks((minimum, free, channels, chunk) =>
    {
        var fair = free / (2.0 * channels);
        var isFair = chunk == MemoryThreshold.SmallestChunk || chunk <= fair;
        var isLargest = chunk * 2 > fair || chunk * 2 > Usual;
        return fair >= Usual || chunk == minimum || (BitOperations.IsPow2(chunk) && chunk >= minimum && isFair && isLargest);
    });

    [Fact]
    public void A_chunk_holds_the_record() => Chunks((minimum, _, _, chunk) => chunk >= minimum && (chunk == minimum || chunk <= Usual));

    [Fact]
    public void Who_holds_more_than_is_free_takes_nothing() => Takes(holding => holding.Own <= holding.Free || !holding.MayTake);

    [Fact]
    public void A_broker_that_holds_up_to_four_times_what_is_free_is_no_hindrance() =>
        Takes(holding => holding.Own > holding.Free || holding.Broker > 4 * holding.Free || holding.MayTake);

    [Fact]
    public void A_broker_that_holds_nine_tenths_takes_nothing() =>
        Takes(holding => holding.Broker <= Total / 10 * 9 || holding.Broker <= 4 * holding.Free || !holding.MayTake);

    [Fact]
    public void One_that_holds_nothing_takes_a_first_chunk_beside_a_greedy_broker() => Takes(static holding =>
        holding.Broker > Total / 10 * 9
        || (holding with { Own = 0, Needed = Math.Min(holding.Needed, Usual + Limits.Overhead.Largest) }).MayTake);

    [Fact]
    public void One_that_holds_less_than_its_share_of_the_broker_takes_more() => Takes(static holding =>
        holding.Broker > Total / 10 * 9 || holding.Own >= holding.Free / (2 * holding.Channels) || holding.MayTake);

    [Fact]
    public void One_that_holds_its_share_beside_a_greedy_broker_takes_nothing() => Takes(static holding =>
        holding.Broker <= 4 * holding.Free
        || holding.Own == 0
        || holding.Own < holding.Free / (2 * holding.Channels)
        || !holding.MayTake);

    // What the queue stands on: those after one that may not take even a byte hold as much or more, so they may not either.
    [Fact]
    public void Who_holds_less_or_asks_for_less_may_whatever_the_greedier_may() => Takes(static holding =>
        !holding.MayTake || ((holding with { Own = holding.Own / 2 }).MayTake && (holding with { Needed = holding.Needed / 2 }).MayTake));

    [Fact]
    public void More_free_memory_refuses_nobody() => Takes(static holding =>
        !holding.MayTake || (holding with { Free = (holding.Free * 2) + 1 }).MayTake);

    private static void Chunks(Func<int, long, int, int, bool> holds, [CallerMemberName] string test = "")
    {
        var cases = from minimum in Gen.Choose(1, 40_000)
                    from channels in Gen.Choose(1, 5000)
                    from fair in Gen.Choose(0, 40_000)
                    from rest in Gen.Choose(0, (2 * channels) - 1)
                    select (minimum, channels, free: (fair * 2L * channels) + rest);
        Law.Check("chunks", cases, Holds, test: test);

        bool Holds((int Minimum, int Channels, long Free) given)
        {
            var (minimum, channels, free) = given;
            return holds(minimum, free, channels, MemoryThreshold.ChunkFor(minimum, Usual, free, channels));
        }
    }

    private static void Takes(Func<Holding, bool> holds, [CallerMemberName] string test = "") =>
        Law.Check("threshold", Holdings, holds, maxTest: 1000, test: test);

    private sealed record Holding(long Free, long Own, long Broker, int Channels, int Needed)
    {
        public bool MayTake
        {
            get
            {
                var broker = new BrokerMemory { Channels = Channels - 1 };
                var partition = new MemoryAccount(static () => { });
                partition.LedBy(broker);
                partition.Count(Own);
                broker.Bytes = Broker;
                return MemoryThreshold.MayTake(partition, Needed, Free, Limits);
            }
        }
    }
}
