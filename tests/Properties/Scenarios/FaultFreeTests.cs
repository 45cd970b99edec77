namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L16-L25, L29, L36-L40 where nothing goes wrong.</summary>
public class FaultFreeTests
{
    [Fact]
    public void Every_record_gets_to_its_place_and_says_so() =>
        ScenarioLaw.Check("L17, L21-L25, L38", new ScenarioProfile(), 500, AllArrive);

    private static void AllArrive(ScenarioRun run) => Assert.All(run.Records, static record => Assert.True(record.Succeeded, record.ToString()));
}
