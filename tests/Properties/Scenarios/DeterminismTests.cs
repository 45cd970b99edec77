namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L56: the simulation itself. Everything else here rests on it.</summary>
public class DeterminismTests
{
    [Fact]
    [Law("L56")]
    public void Equal_scenarios_are_equal_runs() => Law.Check(
        "L56",
        ScenarioSource.Of(new ScenarioProfile { Faults = true, FinalErrors = true, ShortTimeouts = true, Endings = true, SmallMemory = true, Cancels = true, Purges = true }),
        static scenario =>
        {
            var (first, second) = (ScenarioRunner.Run(scenario), ScenarioRunner.Run(scenario));
            Assert.Equal(first.TraceHash, second.TraceHash);
            Assert.Equal(first.Steps, second.Steps);
            Assert.Equal(first.Records.Select(static record => record.ToString()), second.Records.Select(static record => record.ToString()));
        },
        200);
}
