using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Properties.Concurrency;

// Carries N13 and N21 as far as they are about the back-off: doubling, jitter, never above the maximum over 100 tries.
public sealed class BackoffTests
{
    [Fact]
    public void Delays_double_within_the_jitter_and_never_exceed_the_maximum()
    {
        var cases = from initial in Gen.Choose(0, 10_000)
                    from maximum in Gen.Choose(0, 100_000)
                    from seed in Gen.Choose(0, int.MaxValue - 1)
                    select (Initial: initial, Maximum: maximum, Seed: seed);
        Law.Check("back-off", cases, c =>
        {
            var backoff = new Backoff(TimeSpan.FromMilliseconds(c.Initial), TimeSpan.FromMilliseconds(c.Maximum), new Random(c.Seed));
            for (var round = 0; round < 2; round++)
            {
                var maximum = Math.Max(c.Initial, c.Maximum);
                for (var n = 0; n < 100; n++)
                {
                    var expected = Math.Min(maximum, c.Initial * Math.Pow(2, n));
                    Assert.Equal(n, backoff.Attempts);
                    Assert.InRange(backoff.Next().TotalMilliseconds, (expected * 0.8) - 0.001, Math.Min(maximum, expected * 1.2) + 0.001);
                }

                backoff.Reset();
            }
        });
    }
}
