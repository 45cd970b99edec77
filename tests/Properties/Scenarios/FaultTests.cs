namespace Rx.Kafka.Properties.Scenarios;

/// <summary>L41-L46: whatever happens to brokers and connections, nothing is lost, nothing is there twice, and what is said of it is true.</summary>
public class FaultTests
{
    [Fact]
    [Law("L41", "L46")]
    public void Faults_that_end_lose_nothing_and_double_nothing() =>
        ScenarioLaw.Check("L41, L46", new ScenarioProfile { Faults = true, Idempotent = true }, 4000, AllArrive);

    [Fact]
    [Law("L41", "L43", "L46")]
    public void Batches_in_flight_survive_whatever_happens_to_their_answers() =>
        ScenarioLaw.Check("L41, L43, L46", new ScenarioProfile { Faults = true, Idempotent = true, ManyBatches = true }, 4000, AllArrive);

    [Fact]
    [Law("L23", "L24", "L41", "L43")]
    public void Persistence_of_batches_in_flight_tells_the_truth() =>
        ScenarioLaw.Check(
            "L23, L24, L41, L43", new ScenarioProfile { Faults = true, Idempotent = true, ManyBatches = true, FinalErrors = true, ShortTimeouts = true, Endings = true, Purges = true }, 4000);

    [Fact]
    [Law("L42")]
    public void Without_idempotence_nothing_is_lost() =>
        ScenarioLaw.Check("L42", new ScenarioProfile { Faults = true, Idempotent = false }, 2000, AllArrive);

    [Fact]
    [Law("L23", "L24", "L41", "L45")]
    public void Persistence_tells_the_truth() =>
        ScenarioLaw.Check("L23, L24, L41, L45", new ScenarioProfile { Faults = true, FinalErrors = true, ShortTimeouts = true, Endings = true }, 4000);

    [Fact]
    [Law("L13", "L23", "L24", "L41", "L42", "L43", "L45")]
    public void Everything_at_once() =>
        ScenarioLaw.Check(
            "L13-L45", new ScenarioProfile { Faults = true, FinalErrors = true, ShortTimeouts = true, Endings = true, SmallMemory = true, Cancels = true, Purges = true, Watches = true, Disposes = true, LongPauses = true }, 4000);

    [Fact]
    [Law("L22", "L23", "L24", "L28", "L41")]
    public void Sinks_and_operators_tell_the_truth_and_halting_ones_halt() =>
        ScenarioLaw.Check(
            "L22-L28, L41", new ScenarioProfile { Sinks = true, Faults = true, FinalErrors = true, ShortTimeouts = true, Endings = true, ManyBatches = true, Purges = true, Disposes = true }, 4000);

    // Proofs lapse, connections are closed for idleness, brokers forget the producer and take any number from it, or none.
    [Fact]
    [Law("L41", "L46")]
    public void Silence_loses_nothing_and_doubles_nothing() =>
        ScenarioLaw.Check("L41, L46, V8", new ScenarioProfile { Faults = true, Idempotent = true, ManyBatches = true, LongPauses = true }, 2000, AllArrive);

    // What is on the log of an earlier topic or cluster stays told as it was told, and nothing is twice on one log.
    [Fact]
    [Law("L23", "L24", "L41")]
    public void Topics_made_anew_and_other_clusters_are_told_apart() =>
        ScenarioLaw.Check("L23, L24, L41", new ScenarioProfile { Faults = true, Upheavals = true, ManyBatches = true, FinalErrors = true, ShortTimeouts = true, Endings = true }, 2000);

    // A batch may be on the log and too large at once, or be cut off and split, several times over.
    [Fact]
    [Law("L23", "L24", "L41", "L42")]
    public void Limits_of_size_that_come_and_go_beside_cut_connections_double_nothing() =>
        ScenarioLaw.Check("L23, L24, L41, L42", new ScenarioProfile { Faults = true, SizeLimits = true, ShortTimeouts = true, Endings = true }, 2000);

    private static void AllArrive(ScenarioRun run) => Assert.All(run.Records, static record => Assert.True(record.Succeeded, record.ToString()));
}
