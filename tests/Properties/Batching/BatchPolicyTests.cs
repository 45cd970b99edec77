using FsCheck;
using Rx.Kafka.Batching;

namespace Rx.Kafka.Properties.Batching;

/// <summary>L7, L8 and L10 where they are decided.</summary>
public sealed class BatchPolicyTests
{
    [Property(MaxTest = 200)]
    [Law("L7", "L8")]
    public void A_record_is_taken_if_and_only_if_it_fits_or_is_the_first_and_its_time_can_be_told(
        NonNegativeInt has, NonNegativeInt count, NonNegativeInt asks, long later, NonNegativeInt size)
    {
        foreach (var (bytes, record) in new[] { (has.Get, asks.Get), (has.Get, int.MaxValue), (int.MaxValue, asks.Get) })
        {
            foreach (var delta in new[] { later, int.MaxValue, int.MinValue, int.MaxValue + 1L, int.MinValue - 1L })
            {
                var fits = count.Get == 0 || (long)bytes + record <= size.Get;
                var canBeTold = delta is <= int.MaxValue and >= int.MinValue;
                var expected = !fits ? CloseReason.Full : canBeTold ? CloseReason.None : CloseReason.TimeSpan;
                Assert.Equal(expected, BatchPolicy.BeforeAppend(bytes, count.Get, record, delta, size.Get));
            }
        }
    }

    [Property(MaxTest = 200)]
    [Law("L8")]
    public bool A_batch_that_is_as_large_as_it_may_be_is_full_at_once(int bytes, int size) =>
        BatchPolicy.AfterAppend(bytes, size) == CloseReason.Full == (bytes >= size);

    [Property(MaxTest = 500)]
    [Law("L10")]
    public bool A_batch_is_due_when_it_is_as_old_as_linger_or_at_once_if_that_is_urgent(
        NonNegativeInt openedAt, NonNegativeInt later, NonNegativeInt linger, bool isUrgent)
    {
        var now = (long)openedAt.Get + later.Get;
        var due = BatchPolicy.WhenDue(openedAt.Get, linger.Get, isUrgent);
        return due == openedAt.Get + (isUrgent ? 0L : linger.Get) && due <= now == openedAt.Get <= BatchPolicy.DueUpTo(now, linger.Get, isUrgent);
    }

    [Fact]
    [Law("L10")]
    public void Where_no_batch_is_open_none_is_ever_due() =>
        Assert.All([false, true], static isUrgent => Assert.Equal(long.MaxValue, BatchPolicy.WhenDue(long.MaxValue, 5, isUrgent)));

    // Any course of one loop: a lone batch comes only after three that lingered for one awaited record, with no company since.
    [Property(MaxTest = 500)]
    [Law("L10")]
    public void A_batch_goes_alone_only_after_three_in_a_row_that_lingered_for_nobody((bool Awaited, bool Lingered, bool Company, bool More)[] course)
    {
        var inVain = 0;
        var row = 0;
        foreach (var (awaited, lingered, company, more) in course)
        {
            inVain = BatchPolicy.InVain(inVain, more ? 2 : 1, awaited, lingered, company);
            row = company || more ? 0 : row + (awaited && lingered ? 1 : 0);
            Assert.Equal(row >= 3, BatchPolicy.IsLone(inVain, isAwaited: true, hasCompany: false));
            Assert.False(BatchPolicy.IsLone(inVain, isAwaited: false, hasCompany: false) || BatchPolicy.IsLone(inVain, isAwaited: true, hasCompany: true));
        }
    }
}
