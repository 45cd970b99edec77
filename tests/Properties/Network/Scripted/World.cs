using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>One thread, one clock: everything happens when the test says so, and happens again the same way.</summary>
internal sealed class World
{
    private const int TooManySteps = 200_000;

    private readonly VirtualTime _clock = new();

    /// <param name="seed">Chooses the order of what could happen at once.</param>
    public World(int seed = 0)
    {
        Time = new CountedTimers(_clock);
        Tasks = new PumpedScheduler(seed);
    }

    public CountedTimers Time { get; }

    public PumpedScheduler Tasks { get; }

    /// <summary>Steps taken; a loop that spins shows here.</summary>
    public long Steps => Tasks.Steps;

    /// <summary>The timestamp at which the next timer fires; long.MaxValue if none does.</summary>
    public long NextDue => _clock.NextDeadline is { } next ? _clock.GetTimestamp() + (next - _clock.Elapsed).Ticks : long.MaxValue;

    /// <summary>Moves the clock to a timestamp and fires what is due by then.</summary>
    public void MoveTo(long timestamp) => _clock.Advance(TimeSpan.FromTicks(Math.Max(0, timestamp - _clock.GetTimestamp())));

    /// <summary>Lets everything happen that can happen now.</summary>
    public void Run()
    {
        while (Tasks.RunOne())
        {
            Assert.True(Steps < TooManySteps, "A loop spins.");
        }
    }

    /// <summary>Lets time pass.</summary>
    public void RunFor(TimeSpan span)
    {
        var end = _clock.Elapsed + span;
        Pass(static () => false, end);
        _clock.Advance(end - _clock.Elapsed);
    }

    /// <summary>Lets time pass until something holds.</summary>
    public void RunUntil(Func<bool> holds, TimeSpan limit)
    {
        Pass(holds, _clock.Elapsed + limit);
        Assert.True(holds(), $"Not within {limit}.");
    }

    /// <summary>Does something in the loops' place.</summary>
    public T Do<T>(Func<T> action)
    {
        var task = Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Tasks);
        Run();
        return Ended(task);
    }

    /// <summary>Does something in the loops' place.</summary>
    public void Do(Action action) => Do(() =>
    {
        action();
        return 0;
    });

    /// <summary>The result of a task that has ended.</summary>
    public static T Ended<T>(Task<T> task)
    {
        Assert.True(task.IsCompleted, "The task has not ended.");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>A task that has ended.</summary>
    public static void Ended(Task task)
    {
        Assert.True(task.IsCompleted, "The task has not ended.");
        task.GetAwaiter().GetResult();
    }

    /// <summary>The error of a task that has failed.</summary>
    public static T Failed<T>(Task task)
        where T : Exception
    {
        Assert.True(task.IsCompleted, "The task has not ended.");
        return Assert.IsType<T>(Xunit.Record.Exception(() => task.GetAwaiter().GetResult()), exactMatch: false);
    }

    private void Pass(Func<bool> holds, TimeSpan end)
    {
        Run();
        while (!holds() && _clock.NextDeadline <= end)
        {
            _clock.AdvanceToNextTimer();
            Run();
        }
    }
}
