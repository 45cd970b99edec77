namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Laws about scenarios in which nothing happens would hold, too: here is counted that what they are about does happen. The scenarios are always the same ones.</summary>
public class ReachTests
{
    private const int Scenarios = 1200;

    private static readonly ScenarioProfile[] Profiles =
    [
        new() { Faults = true, ManyBatches = true, FinalErrors = true, ShortTimeouts = true, Endings = true, Upheavals = true, Watches = true },
        new() { Faults = true, Idempotent = true, ManyBatches = true, LongPauses = true },
        new() { Faults = true, FinalErrors = true, SmallMemory = true, Cancels = true, Purges = true, Disposes = true, Endings = true },
        new() { Faults = true, FinalErrors = true, Sinks = true, Endings = true },
    ];

    [Fact]
    public void Scenarios_reach_what_they_are_about()
    {
        var reached = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var wanted = Enum.GetNames<FaultKind>().Select(static kind => $"fault {kind}").Concat(Enum.GetNames<StepKind>().Select(static kind => $"step {kind}")).Concat(
        [
            "answered as a duplicate", "epoch bumped", "another producer id", "decided by a later batch", "another life",
            "Persisted", "NotPersisted", "PossiblyPersisted and there", "PossiblyPersisted and not there",
            "refused after dispose", "watched", "withdrawn",
            .. new[] { ProduceErrorCode.DeliveryTimeout, ProduceErrorCode.Closed, ProduceErrorCode.Aborted, ProduceErrorCode.BufferFull, ProduceErrorCode.Broker, ProduceErrorCode.RecordTooLarge }
                .Select(static code => $"failed {code}"),
        ]).ToList();
        for (var seed = 0; seed < Scenarios; seed++)
        {
            var scenario = ScenarioSource.Make(new Random(seed), size: 60, Profiles[seed % Profiles.Length]);
            foreach (var what in Reached(ScenarioRunner.Run(scenario)).Distinct())
            {
                reached[what] = reached.GetValueOrDefault(what) + 1;
            }
        }

        var missed = wanted.Where(what => !reached.ContainsKey(what)).ToList();
        Assert.True(missed.Count == 0, $"never reached in {Scenarios} scenarios: {string.Join(", ", missed)}; reached: {string.Join(", ", reached)}");
    }

    private static IEnumerable<string> Reached(ScenarioRun run)
    {
        var there = run.Lives.SelectMany(static life => life.Logs).SelectMany(static log => log).Select(static record => ScenarioRecords.IdOf(record.Value)).ToHashSet();
        var batches = run.Lives.SelectMany(static life => life.Batches).SelectMany(static log => log).Where(static batch => batch.ProducerId >= 0).ToList();
        return
        [
            .. run.Scenario.Faults.Select(static fault => $"fault {fault.Kind}"),
            .. run.Scenario.Steps.Select(static step => $"step {step.Kind}"),
            .. run.Duplicates > 0 ? ["answered as a duplicate"] : Array.Empty<string>(),
            .. batches.Exists(static batch => batch.ProducerEpoch > 0) ? ["epoch bumped"] : Array.Empty<string>(),
            .. batches.Select(static batch => batch.ProducerId).Distinct().Count() > 1 ? ["another producer id"] : Array.Empty<string>(),
            .. run.Lives.Count > 1 ? ["another life"] : Array.Empty<string>(),
            .. run.Watches.Exists(static watch => watch.Seen.Count > 0) ? ["watched"] : Array.Empty<string>(),
            .. run.Records.SelectMany(record => Reached(run, record, there)),
        ];
    }

    private static IEnumerable<string> Reached(ScenarioRun run, Offered record, HashSet<int> there)
    {
        if (record.Outcomes == 0)
        {
            yield return "refused after dispose";
        }

        if (record.Withdrawn)
        {
            yield return "withdrawn";
        }

        if (record.Succeeded && record.Metadata.Offset < 0 && run.Scenario.Setup.Idempotent)
        {
            yield return "decided by a later batch";
        }

        if (record.Error is { } error)
        {
            yield return $"failed {error.Code}";
        }

        if (record.Persistence is { } persistence)
        {
            yield return persistence == Persistence.PossiblyPersisted ? $"{persistence} and {(there.Contains(record.Id) ? "there" : "not there")}" : $"{persistence}";
        }
    }
}
