using FsCheck.Fluent;
using Rx.Kafka.Batching;

namespace Rx.Kafka.Properties.Batching;

/// <summary>L7, L8, L10 where they are decided.</summary>
public sealed class BatchPolicyTests
{
    [Fact]
    public void A_record_is_taken_if_and_only_if_it_fits_or_is_the_first_and_its_time_can_be_told() => Law.Check(
        "BeforeAppend",
        ArbMap.Default.GeneratorFor<(FsCheck.NonNegativeInt Bytes, FsCheck.NonNegativeInt Count, FsCheck.NonNegativeInt Record, long Delta, FsCheck.NonNegativeInt Size)>().ToArbitrary(),
        given =>
        {
            foreach (var (bytes, record) in new[] { (given.Bytes.Get, given.Record.Get), (given.Bytes.Get, int.MaxValue), (int.MaxValue, given.Record.Get) })
            {
                foreach (var delta in new[] { given.Delta, int.MaxValue, int.MinValue, int.MaxValue + 1L, int.MinValue - 1L })
                {
                    var fits = given.Count.Get == 0 || (long)bytes + record <= given.Size.Get;
                    var expected = !fits ? CloseReason.Full : delta is > int.MaxValue or < int.MinValue ? CloseReason.TimeSpan : CloseReason.None;
                    Assert.Equal(expected, BatchPolicy.BeforeAppend(bytes, given.Count.Get, record, delta, given.Size.Get));
                }
            }
        });

    [Fact]
    public void A_batch_that_is_as_large_as_it_may_be_is_full_at_once() => Law.Check<(int Bytes, int Size)>(
        "AfterAppend", given => (BatchPolicy.AfterAppend(given.Bytes, given.Size) == CloseReason.Full) == (given.Bytes >= given.Size));
}
