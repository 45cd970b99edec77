using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Makes the faults of scenarios.</summary>
internal static class FaultSource
{
    // A retriable error whose answer leaves open what happened; one that proves that nothing was appended; one that ends the batch.
    private static readonly short[] Unclear = [3, 5, 6, 7, 20, 56];
    private static readonly short[] Refusing = [2, 19];
    private static readonly short[] Final = [10, 17, 18, 29, 32, 42, 43, 44, 76, 87];

    // Success, fatal ones, and those that say something about the log which a fault of the test must not claim.
    private static readonly short[] NotAtRandom = [0, 45, 46, 53, 59, 90];

    // What leaves batches behind whose fate is unclear.
    private static readonly FaultKind[] Unanswering =
    [
        FaultKind.CutBefore, FaultKind.CutAfter, FaultKind.CutAfter, FaultKind.Drop, FaultKind.Drop, FaultKind.Hang, FaultKind.FailAppended, FaultKind.FailWithOffset, FaultKind.Fail,
        FaultKind.Restart, FaultKind.Restart, FaultKind.Failover, FaultKind.Move, FaultKind.CutAll, FaultKind.DelayAfter, FaultKind.Swallow, FaultKind.SwallowAnswers, FaultKind.SwallowRequests,
        FaultKind.ServeAfterCut, FaultKind.ServeAfterCut, FaultKind.ServeTwice, FaultKind.Trickle, FaultKind.Readdress,
    ];

    // What may keep records from ever arriving, so only where that is allowed.
    private static readonly FaultKind[] Losing = [FaultKind.LimitMessages, FaultKind.Leap, FaultKind.RejectRecords];
    private static readonly FaultKind[] Upheavals = [FaultKind.Recreate, FaultKind.Exchange];
    private static readonly FaultKind[] Usual = [.. Enum.GetValues<FaultKind>().Except(Losing).Except(Upheavals)];
    private static readonly int[] Instants = [0, 1, 5, 20, 50, 100, 300, 1000, 2000];

    public static Fault Make(Random random, Setup setup, ScenarioProfile profile)
    {
        var at = ScenarioSource.Any<int>(random, Instants) + (profile.LongPauses ? ScenarioSource.Any(random, 0, 0, 61_000, 185_000, 600_000) : 0);
        var fault = new Fault(KindOf(random, profile), AtMs: at, Times: random.Next(1, 4), Skip: ScenarioSource.Any(random, 0, 0, 1, 2, 5));
        var broker = random.Next(1, setup.Brokers + 1);
        var partition = random.Next(setup.Partitions);
        return fault.Kind switch
        {
            FaultKind.Fail => fault with { Code = Code(random, profile), Partition = ScenarioSource.Any(random, -1, partition) },
            FaultKind.FailAppended => fault with { Code = AppendedCode(random, profile), Partition = ScenarioSource.Any(random, -1, partition) },
            FaultKind.FailWithOffset => fault with { Code = Code(random, profile), Partition = ScenarioSource.Any(random, -1, partition) },
            FaultKind.DelayBefore or FaultKind.DelayAfter or FaultKind.Throttle or FaultKind.ServeAfterCut => fault with { Ms = ScenarioSource.Any(random, 1, 10, 100, 1000, 4000) },
            FaultKind.Trickle => fault with { Times = 1, Ms = ScenarioSource.Any(random, 1, 1000) },
            FaultKind.FailMetadata => fault with { Code = ScenarioSource.Any<short>(random, 3, 5), Times = random.Next(1, 3) },
            FaultKind.CutMetadata => fault,
            FaultKind.FailProducerId => fault with { Code = ScenarioSource.Any<short>(random, 14, 15, 16, 51) },
            FaultKind.Move => fault with { Times = 1, Skip = 0, Broker = broker, Partition = partition },
            FaultKind.Leaderless => fault with { Times = 1, Skip = 0, Broker = broker, Partition = partition, Ms = ScenarioSource.Any(random, 10, 500, 5000) },
            FaultKind.RejectRecords => fault with { Partition = partition },
            FaultKind.ServeTwice or <= FaultKind.Hang => fault with { Broker = ScenarioSource.Any(random, 0, broker) },
            FaultKind.Leap => fault with { Times = 1, Skip = 0, Ms = ScenarioSource.Any(random, 50, 4000, 130_000) },
            FaultKind.Recreate => fault with { Times = 1, Skip = 0, Ms = ScenarioSource.Any(random, 0, 20, 500) },
            FaultKind.Exchange => fault with { Times = 1, Skip = 0 },
            FaultKind.LimitMessages => fault with { Times = 1, Skip = 0, Ms = ScenarioSource.Any(random, 50, 500, 4000) },
            _ => fault with { Times = 1, Skip = 0, Broker = broker, Ms = ScenarioSource.Any(random, 1, 50, 500, 4000) },
        };
    }

    private static FaultKind KindOf(Random random, ScenarioProfile profile)
    {
        if (profile.Upheavals && random.Next(3) == 0)
        {
            return ScenarioSource.Any<FaultKind>(random, Upheavals);
        }

        if (profile.SizeLimits && random.Next(3) == 0)
        {
            return FaultKind.LimitMessages;
        }

        if (profile.FinalErrors && random.Next(10) == 0)
        {
            return ScenarioSource.Any<FaultKind>(random, Losing);
        }

        return ScenarioSource.Any<FaultKind>(random, profile.ManyBatches ? Unanswering : Usual);
    }

    private static short Code(Random random, ScenarioProfile profile) => random.Next(profile.FinalErrors ? 5 : 2) switch
    {
        0 => ScenarioSource.Any<short>(random, Unclear),
        1 => ScenarioSource.Any<short>(random, Refusing),
        2 => ScenarioSource.Any<short>(random, Final),
        3 => ScenarioSource.Any<short>(random, -1, 47, 12345),
        _ => AnyCode(random),
    };

    private static short AppendedCode(Random random, ScenarioProfile profile)
    {
        var code = profile.FinalErrors && random.Next(3) == 0 ? AnyCode(random) : ScenarioSource.Any<short>(random, Unclear);
        return ErrorTable.Get(code).Appended == Appended.Unclear ? code : (short)7;
    }

    private static short AnyCode(Random random)
    {
        var code = ErrorTable.All[random.Next(ErrorTable.All.Length)].Code;
        return NotAtRandom.Contains(code) ? (short)-1 : code;
    }
}
