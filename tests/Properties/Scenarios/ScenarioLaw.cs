using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using FsCheck;
using Microsoft.Extensions.Logging;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>
/// Checks what must hold of every scenario of a profile. A law's scenarios are shared out to several threads, as a simulation takes only one;
/// <c>RX_SCENARIOS=n</c> runs n of each law instead of the usual number.
/// </summary>
internal static class ScenarioLaw
{
    private const int ShownLines = 80;

    public static void Check(string name, ScenarioProfile profile, int scenarios, Action<ScenarioRun>? also = null, [CallerMemberName] string test = "")
    {
        // A replay is one case: one share finds it.
        var shares = Law.Replays ? 1 : Math.Clamp(Environment.ProcessorCount / 2, 1, 4);
        var share = (Count(scenarios) + shares - 1) / shares;
        var broken = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, shares).Select(_ => new Thread(() =>
        {
            try
            {
                Law.Check(name, ScenarioSource.Of(profile), scenario => Check(scenario, also), share, test);
            }
#pragma warning disable CA1031 // Thrown again on the test's own thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                broken.Enqueue(e);
            }
        })).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
        if (broken.TryDequeue(out var first))
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <summary>Runs one scenario; if something does not hold, runs it again to tell what the producer logged.</summary>
    public static ScenarioRun Check(Scenario scenario, Action<ScenarioRun>? also = null)
    {
        ScenarioRun? run = null;
        try
        {
            run = ScenarioRunner.Run(scenario);
            var faults = ScenarioModel.Faults(run);
            if (faults.Count > 0)
            {
                throw new LawBrokenException(string.Join('\n', faults.Take(20)));
            }

            also?.Invoke(run);
            return run;
        }
        catch (Exception e) when (e is SimulationException or Xunit.Sdk.XunitException or InvalidOperationException)
        {
            throw new LawBrokenException($"{e.Message}\n{scenario}\nlog of the run:\n{string.Join('\n', Log(scenario).TakeLast(ShownLines))}{(e is InvalidOperationException ? e.ToString() : "")}");
        }
    }

    private static int Count(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("RX_SCENARIOS"), CultureInfo.InvariantCulture, out var count) && count > 0 ? count : usual;

    private static List<string> Log(Scenario scenario)
    {
        EventLog? log = null;

        // The law has the fault already; here it only marks where the log ends.
        var known = Xunit.Record.Exception(() => ScenarioRunner.Run(scenario, simulation => log = new EventLog(clock: simulation.Time)));
        var lines = log?.Events.Select(static e => $"{e.At.TotalMilliseconds,10} {e.Level} {e.Text}") ?? [];
        return [.. lines, known?.Message ?? ""];
    }
}
