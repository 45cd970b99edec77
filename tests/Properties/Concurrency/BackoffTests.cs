using FsCheck;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Properties.Concurrency;

/// <summary>RA9, N13, N21: twice as long each time, a fifth more or less, never above the maximum, for ever.</summary>
public sealed class BackoffTests
{
    [Property(MaxTest = 200, EndSize = 60_000)]
    public void Delays_double_within_the_jitter_up_to_the_maximum(NonNegativeInt initial, NonNegativeInt maximum, int seed)
    {
        var (first, most) = (initial.Get / 12, Math.Max(initial.Get / 12, maximum.Get));
        var backoff = new Backoff(TimeSpan.FromMilliseconds(first), TimeSpan.FromMilliseconds(maximum.Get), new Random(seed));
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                Assert.Equal(i, backoff.Attempts);
                var exact = Math.Min(most, first * Math.Pow(2, i));
                Assert.InRange(backoff.Next().TotalMilliseconds, (exact * 0.8) - 0.001, Math.Min(most, exact * 1.2) + 0.001);
            }

            backoff.Reset();
        }
    }
}
