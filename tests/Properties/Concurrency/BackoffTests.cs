using FsCheck.Fluent;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Properties.Concurrency;

/// <summary>RA9, N13, N21: twice as long each time, a fifth more or less, never above the maximum, for ever.</summary>
public sealed class BackoffTests
{
    [Fact]
    public void Delays_double_within_the_jitter_up_to_the_maximum() => Law.Check(
        "backoff",
        Gen.Choose(0, 5000).SelectMany(static initial => Gen.Choose(0, 60_000).SelectMany(maximum => Gen.Choose(0, int.MaxValue).Select(seed => (initial, maximum, seed)))).ToArbitrary(),
        given =>
        {
            var backoff = new Backoff(TimeSpan.FromMilliseconds(given.initial), TimeSpan.FromMilliseconds(given.maximum), new Random(given.seed));
            var most = Math.Max(given.initial, given.maximum);
            for (var round = 0; round < 2; round++)
            {
                for (var i = 0; i < 100; i++)
                {
                    Assert.Equal(i, backoff.Attempts);
                    var exact = Math.Min(most, given.initial * Math.Pow(2, i));
                    Assert.InRange(backoff.Next().TotalMilliseconds, (exact * 0.8) - 0.001, Math.Min(most, exact * 1.2) + 0.001);
                }

                backoff.Reset();
            }
        });
}
