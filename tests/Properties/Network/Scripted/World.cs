namespace Rx.Kafka.Properties.Network.Scripted;

/// <summary>One thread, one clock: everything happens when the test says so, and happens again the same way.</summary>
internal sealed class World(Random? chance = null)
{
    private const int TooManySteps = 200_000;

    public ManualTime Time { get; } = new();

    public PumpedScheduler Tasks { get; } = new(chance);

    /// <summary>Steps taken; a loop that spins shows here.</summary>
    public int Steps { get; private set; }

    /// <summary>Lets everything happen that can happen now.</summary>
    public void Run()
    {
        while (Tasks.RunOne())
        {
            Assert.True(++Steps < TooManySteps, "A loop spins.");
        }
    }

    /// <summary>Lets time pass.</summary>
    public void RunFor(TimeSpan span)
    {
        var end = Time.GetTimestamp() + span.Ticks;
        Run();
        while (Time.NextDue <= end)
        {
            Time.MoveTo(Time.NextDue);
            Run();
        }

        Time.MoveTo(end);
        Run();
    }

    /// <summary>Lets time pass until something holds.</summary>
    public void RunUntil(Func<bool> holds, TimeSpan limit)
    {
        var end = Time.GetTimestamp() + limit.Ticks;
        Run();
        while (!holds() && Time.NextDue <= end)
        {
            Time.MoveTo(Time.NextDue);
            Run();
        }

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
}
