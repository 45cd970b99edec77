using Rx.Kafka.Memory;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Memory;

/// <summary>How long a partition may collect (R15), on clocks as they are.</summary>
public sealed class LargeRequestTurnTests
{
    private const double FirstTurn = 50;
    private const double Pause = 39;

    private readonly VirtualTime _time = new();
    private readonly MemoryAccount _partition = new(static () => { });
    private LargeRequestTurn? _turn;
    private int _ended;
    private bool _mayStart;

    // Else one that fails again and again bars everybody for minutes.
    [Fact]
    public void Turns_that_fail_become_longer_up_to_a_limit()
    {
        using var turn = _turn = new LargeRequestTurn(_time, Look);
        var lengths = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            turn.Start(_partition);
            var began = _time.Elapsed;
            while (turn.Collector is not null)
            {
                Assert.False(turn.MayStart);
                Advance(1);
            }

            lengths.Add((_time.Elapsed - began).TotalMilliseconds);
            Advance(Pause * lengths[^1]);
            Assert.True(_mayStart);
        }

        Assert.Equal([FirstTurn, 100, 200, 400, 800, 800, 800], lengths);
        Assert.Equal(7, _ended);
    }

    // The system's timers count in ticks of their own.
    [Fact]
    public void A_turn_and_its_pause_end_also_where_timers_fire_a_little_early()
    {
        using var turn = _turn = new LargeRequestTurn(new EarlyTimers(_time), Look);
        turn.Start(_partition);
        Advance(FirstTurn + 1);
        Assert.Equal(1, _ended);
        Assert.Null(turn.Collector);
        Assert.False(_mayStart);
        Advance(Pause * FirstTurn);
        Assert.True(_mayStart);
    }

    private void Look()
    {
        _ended += _turn!.TryEnd() ? 1 : 0;
        _mayStart = _turn.MayStart;
    }

    private void Advance(double milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Its timers fire 3 ms early.</summary>
    private sealed class EarlyTimers(TimeProvider inner) : TimeProvider
    {
        public override long TimestampFrequency => inner.TimestampFrequency;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Timer(inner.CreateTimer(callback, state, Early(dueTime), period));

        private static TimeSpan Early(TimeSpan dueTime) => dueTime > TimeSpan.FromMilliseconds(3) ? dueTime - TimeSpan.FromMilliseconds(3) : dueTime;

        private sealed class Timer(ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(Early(dueTime), period);

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
