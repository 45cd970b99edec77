using System.Runtime.CompilerServices;
using Rx.Kafka.Network;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Network;

/// <summary>The time of one attempt to connect (design 4.11).</summary>
public sealed class SetupDeadlineTests
{
    // A link may try a dead broker for weeks, and its token lives as long.
    [Fact]
    public void An_attempt_whose_time_ran_out_leaves_nothing_at_the_outer_token()
    {
        using var outer = new CancellationTokenSource();
        var left = ExpiredAttempt(outer.Token);
        GC.Collect();
        Assert.False(left.IsAlive);
    }

    /// <returns>What belongs to the source of the attempt's token.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference ExpiredAttempt(CancellationToken outer)
    {
        var world = new World();
        using var deadline = new SetupDeadline(world.Time, world.Tasks, TimeSpan.FromSeconds(1), outer);
        world.RunFor(TimeSpan.FromSeconds(2));
        Assert.True(deadline.Expired);
        Assert.True(deadline.Token.IsCancellationRequested);
        return new WeakReference(deadline.Token.WaitHandle);
    }
}
