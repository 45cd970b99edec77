namespace Rx.Kafka.Properties.Scenarios;

/// <summary>The smallest scenarios that once broke a law, each in many schedules.</summary>
public class RegressionTests
{
    private const int Schedules = 20;

    private static readonly Dictionary<string, Scenario> Scenarios = new(StringComparer.Ordinal)
    {
        ["without idempotence a success proved an earlier batch"] = new Scenario
        {
            Setup = new() { Partitions = 3, Idempotent = false },
            Steps = [new(1, StepKind.Send, Partition: 1), new(0, StepKind.Send, Partition: 1)],
            Faults = [new(FaultKind.Fail, Partition: 1, Code: 3)],
        },
        ["a control connection broke before it was taken in"] = new Scenario
        {
            Setup = new() { Brokers = 2, Partitions = 3, LatencyMs = 7 },
            Steps = [new(0, StepKind.Send, Partition: 0), new(2, StepKind.Send, Partition: 0)],
            Faults = [new(FaultKind.Mute, AtMs: 20, Broker: 2, Ms: 1), new(FaultKind.Mute, AtMs: 20, Broker: 1, Ms: 1)],
        },
        ["a purge published what it was about to give up"] = new Scenario
        {
            Setup = new() { BufferMemory = 50_000, Idempotent = false },
            Steps =
            [
                new(0, StepKind.SendCancelled, Key: 4, Ms: 5), new(1, StepKind.OnNext), new(1, StepKind.Enqueue), new(0, StepKind.Send, Partition: 0), new(0, StepKind.Flush),
                new(1, StepKind.Purge),
            ],
            Faults = [new(FaultKind.FailAppended, Skip: 2, Code: 5)],
        },
        ["a new producer id was not proven"] = new Scenario
        {
            Setup = new() { Partitions = 2 },
            Steps = [new(2, StepKind.Send, Key: 0), new(2, StepKind.OnNext, Partition: 1), new(2, StepKind.OnNext, Partition: 1)],
            Faults = [new(FaultKind.Fail, Times: 3, Skip: 1, Code: 47)],
        },
        ["a lane that came back was listed twice"] = new Scenario
        {
            Setup = new() { Brokers = 3, Partitions = 4, BatchSize = 1000, BufferMemory = 8192 },
            Steps = [new(1, StepKind.OnNext, Partition: 3), new(1, StepKind.Send, Partition: 3)],
            Faults = [new(FaultKind.Refuse, Broker: 1, Ms: 500), new(FaultKind.FailMetadata, AtMs: 50, Code: 3)],
        },
        ["a connection was being made at dispose"] = new Scenario
        {
            Setup = new() { Brokers = 2, Partitions = 4, CloseTimeoutMs = 0, LatencyMs = 1 },
            Steps = [new(0, StepKind.Enqueue, Key: 2), new(0, StepKind.Pause, Ms: 1)],
            Ending = Ending.Dispose,
        },
        ["a request named a lane twice that had come back"] = new Scenario
        {
            Setup = new() { Brokers = 2, Partitions = 2, Warm = true },
            Steps = [new(0, StepKind.OnNext, Key: 1)],
            Faults = [new(FaultKind.Failover, AtMs: 300, Broker: 1, Ms: 1000), new(FaultKind.Trickle, Ms: 1000), new(FaultKind.Readdress, Broker: 2, Ms: 500)],
        },
        ["a gap in the numbers of the old topic spoke of a batch in the new one"] = new Scenario
        {
            Setup = new() { Partitions = 2, BatchSize = 0, LatencyMs = 7, Warm = true },
            Steps = [new(1, StepKind.Send), new(0, StepKind.Send, Partition: 0), new(1, StepKind.Send, Key: 3)],
            Faults = [new(FaultKind.RejectRecords, AtMs: 50, Partition: 0), new(FaultKind.Recreate, AtMs: 50, Ms: 500), new(FaultKind.CutAfter, AtMs: 100, Broker: 1)],
        },
        ["another cluster, not yet known for one, gave the producer id that it had refused"] = new Scenario
        {
            Setup = new() { Brokers = 2, Partitions = 2, Warm = true },
            Steps = [new(0, StepKind.Send, Partition: 1), new(0, StepKind.OnNext), new(0, StepKind.Send, Partition: 1)],
            Faults = [new(FaultKind.Failover, Broker: 2, Ms: 1), new(FaultKind.Exchange, AtMs: 1), new(FaultKind.FailWithOffset, AtMs: 20, Code: 47)],
        },
        ["another cluster gave the producer id that it had already taken a batch of"] = new Scenario
        {
            Steps = [new(0, StepKind.Send, Partition: 0), new(0, StepKind.Enqueue)],
            Faults = [new(FaultKind.Exchange, AtMs: 1), new(FaultKind.ServeAfterCut, AtMs: 5, Ms: 10), new(FaultKind.FailAppended, Partition: 0, Code: 6)],
        },
        ["a success on a topic made anew vouched for a batch that had missed the topic"] = new Scenario
        {
            Setup = new() { Brokers = 2, LatencyMs = 7, Warm = true },
            Steps = [new(2, StepKind.OnNext, Partition: 0), new(2, StepKind.Enqueue, Key: 3), new(1, StepKind.Enqueue)],
            Faults = [new(FaultKind.DelayAfter, AtMs: 50, Ms: 1000), new(FaultKind.Recreate, AtMs: 50, Ms: 20)],
        },
        ["the half behind one that nobody knows about kept its numbers"] = new Scenario
        {
            Setup = new() { LingerMs = 50 },
            Steps = [new(0, StepKind.OnNext, Partition: 0, Bytes: 100), new(1, StepKind.OnNext, Partition: 0, Bytes: 100), new(0, StepKind.OnNext, Key: 1)],
            Faults =
            [
                new(FaultKind.CutBefore, AtMs: 2000, Broker: 1, Skip: 2), new(FaultKind.Mute, AtMs: 100, Broker: 1, Ms: 4000), new(FaultKind.LimitMessages, AtMs: 1000, Ms: 4000), new(FaultKind.Hang),
            ],
        },
        ["a batch behind two that nobody knows about was sent again and again"] = new Scenario
        {
            Steps =
            [
                new(0, StepKind.Send, Key: 3), new(0, StepKind.Send, Partition: 0), new(0, StepKind.Send, Partition: 0), new(0, StepKind.Send), new(0, StepKind.Send, Key: 5),
            ],
            Faults = [new(FaultKind.RejectRecords, AtMs: 50, Partition: 0), new(FaultKind.Fail, Partition: 0, Times: 3, Skip: 1, Code: 3)],
        },
        ["the half behind a refused one kept its numbers"] = new Scenario
        {
            Setup = new() { Brokers = 2, Partitions = 3, LingerMs = 50 },
            Steps = [new(0, StepKind.OnNext, Partition: 0), new(0, StepKind.Send), new(1, StepKind.OnNext, Bytes: 100)],
            Faults = [new(FaultKind.LimitMessages, Ms: 1000)],
        },
        ["a hole behind an unclear batch made it absent"] = new Scenario
        {
            Setup = new() { BatchSize = 0, Warm = true },
            Steps = [new(0, StepKind.Enqueue, Partition: 0), new(0, StepKind.Pause, Ms: 5), new(0, StepKind.Send, Partition: 0), new(0, StepKind.Send, Partition: 0)],
            Faults =
            [
                new(FaultKind.FailAppended, AtMs: 1, Code: 7), new(FaultKind.Fail, AtMs: 1, Skip: 1, Code: 87), new(FaultKind.CutAfter, AtMs: 1, Skip: 2), new(FaultKind.Restart, AtMs: 120, Broker: 1, Ms: 50),
            ],
        },
    };

    public static TheoryData<string> Names => [.. Scenarios.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Stays_mended(string name)
    {
        for (var seed = 1; seed <= Schedules; seed++)
        {
            ScenarioLaw.Check(Scenarios[name] with { Seed = seed });
        }
    }
}
