using System.Globalization;
using System.Runtime.CompilerServices;
using FsCheck;
using Microsoft.Extensions.Logging;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Checks what must hold of every scenario of a profile. <c>RX_SCENARIOS=n</c> runs n of each law instead of the usual number.</summary>
internal static class ScenarioLaw
{
    private const int ShownLines = 80;

    public static void Check(string name, ScenarioProfile profile, int scenarios, Action<ScenarioRun>? also = null, [CallerMemberName] string test = "") =>
        Law.Check(name, ScenarioSource.Of(profile), scenario => Check(scenario, also), Count(scenarios), test);

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
        var lines = new List<string>();
        try
        {
            ScenarioRunner.Run(scenario, simulation => new LogLines(simulation.Time, lines));
        }
        catch (Exception known)
        {
            // The law has it already; here it only marks where the log ends.
            lines.Add(known.Message);
        }

        return lines;
    }
}
