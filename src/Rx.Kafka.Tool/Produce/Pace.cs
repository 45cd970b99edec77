namespace Rx.Kafka.Tool.Produce;

/// <summary>Holds a source to so many records a second. One that could not keep up catches up a second at most.</summary>
internal sealed class Pace(double perSecond, TimeProvider time)
{
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(5); // timers are no finer; what is due within it goes at once

    private long _begin = time.GetTimestamp();
    private double _taken;

    /// <summary>Waits until the next record is due, or until it is stopped.</summary>
    public async ValueTask WaitAsync(CancellationToken stop)
    {
        var due = TimeSpan.FromSeconds(_taken++ / perSecond);
        var passed = time.GetElapsedTime(_begin);
        if (passed - due > TimeSpan.FromSeconds(1))
        {
            (_begin, _taken) = (time.GetTimestamp(), 1);
            return;
        }

        if (due - passed > Grain && !stop.IsCancellationRequested)
        {
            await Task.Delay(due - passed, time, stop).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
