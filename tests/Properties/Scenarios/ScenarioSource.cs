using FsCheck;
using FsCheck.Fluent;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Makes scenarios, and makes a failing one smaller: first its steps, then its faults, then its setup, at last its seed.</summary>
internal static class ScenarioSource
{
    // A retriable error whose answer leaves open what happened; one that proves that nothing was appended; one that ends the batch.
    private static readonly short[] Unclear = [3, 5, 6, 7, 20, 56];
    private static readonly short[] Refusing = [2, 19];
    private static readonly short[] Final = [10, 17, 18, 29, 32, 42, 43, 44, 76, 87];
    // What leaves batches behind whose fate is unclear.
    private static readonly FaultKind[] Unanswering =
    [
        FaultKind.CutBefore, FaultKind.CutAfter, FaultKind.CutAfter, FaultKind.Drop, FaultKind.Drop, FaultKind.Hang, FaultKind.FailAppended, FaultKind.Fail, FaultKind.Restart,
        FaultKind.Restart, FaultKind.Failover, FaultKind.Move, FaultKind.CutAll, FaultKind.DelayAfter, FaultKind.Swallow,
    ];

    private static readonly int[] Instants = [0, 1, 5, 20, 50, 100, 300, 1000, 2000];

    public static Arbitrary<Scenario> Of(ScenarioProfile profile) => Arb.From(
        Gen.Sized(size => Gen.Choose(0, int.MaxValue - 1).Select(seed => Make(new Random(seed), Math.Max(1, size), profile))),
        Smaller);

    private static Scenario Make(Random random, int size, ScenarioProfile profile)
    {
        var setup = MakeSetup(random, profile);
        var steps = new Step[random.Next(1, 3 + (size / 2))];
        var callers = random.Next(1, 4);
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = MakeStep(random, random.Next(callers), setup, profile);
        }

        return new Scenario
        {
            Seed = random.Next(),
            Setup = setup,
            Steps = steps,
            Faults = profile.Faults ? [.. Enumerable.Range(0, random.Next(1, 2 + (size / (profile.ManyBatches ? 8 : 10)))).Select(_ => MakeFault(random, setup, profile))] : [],
            Ending = profile.Endings ? (Ending)random.Next(4) : Ending.FlushAndDispose,
        };
    }

    private static T Any<T>(Random random, params ReadOnlySpan<T> of) => of[random.Next(of.Length)];

    private static Setup MakeSetup(Random random, ScenarioProfile profile)
    {
        var setup = new Setup
        {
            Brokers = random.Next(1, 4),
            Partitions = random.Next(1, 5),
            LingerMs = Any(random, 0, 0, 1, 5, 50),
            BatchSize = Any(random, 0, 100, 200, 1000, 16384),
            BufferMemory = profile.SmallMemory ? Any(random, 8192, 10000, 20000, 50000) : 1 << 20,
            InFlight = random.Next(1, 6),
            Idempotent = profile.Idempotent ?? random.Next(3) > 0,
            LatencyMs = Any(random, 0, 0, 1, 7),
            TornBytes = random.Next(4) == 0 ? 37 : 0,
            MaxBlockMs = profile.SmallMemory ? Any(random, 0, 1, 20, 500, 60_000, 60_000) : 60_000,
            Warm = profile.SmallMemory ? random.Next(4) > 0 : random.Next(4) == 0,
            MaxRequestSize = Any(random, 1 << 20, 25_000),
            LogAppendTime = random.Next(4) == 0,
            Unobserved = Any(random, 1, 3, 10_000),
            RequestTimeoutMs = profile.Faults ? Any(random, 500, 3000) : 3000,
            DeliveryTimeoutMs = profile.ShortTimeouts ? Any(random, 600, 3500, 10_000) : 120_000,
            CloseTimeoutMs = profile.ShortTimeouts ? Any(random, 0, 100, 5_000, 60_000) : 120_000,
            ProduceVersion = Any<short>(random, 3, 7, 8, 9, 12, 12, 12, 12),
        };
        setup = setup.Idempotent ? setup : setup with { Acks = Any(random, RequiredAcks.All, RequiredAcks.All, RequiredAcks.Leader, RequiredAcks.None) };
        return profile.ManyBatches
            ? setup with { Partitions = random.Next(1, 3), BatchSize = Any(random, 0, 0, 100), LingerMs = 0, InFlight = Any(random, 2, 5, 5, 5), Warm = true }
            : setup;
    }

    private static Step MakeStep(Random random, int caller, Setup setup, ScenarioProfile profile)
    {
        var kind = random.Next(100) switch
        {
            < 80 when profile.ManyBatches => Any(random, StepKind.Send, StepKind.Send, StepKind.Enqueue, StepKind.OnNext),
            < 25 => StepKind.Send,
            < 50 => StepKind.Enqueue,
            < 75 => StepKind.OnNext,
            < 85 => StepKind.Pause,
            < 90 => StepKind.Flush,
            < 91 when profile.Purges => StepKind.Purge,
            < 96 when profile.Cancels => StepKind.SendCancelled,
            _ when profile.Cancels => StepKind.EnqueueCancelled,
            _ => StepKind.Send,
        };
        var step = new Step(caller, kind);
        if (!step.IsRecord)
        {
            return kind == StepKind.Pause ? step with { Ms = Any(random, 1, 5, 30, 100) } : step;
        }

        step = random.Next(4) switch
        {
            0 => step,
            1 => step with { Key = random.Next(6) },
            _ => step with { Partition = random.Next(setup.Partitions) },
        };
        step = step with { Bytes = Any(random, 8, 8, 50, 200, random.Next(4, 2000), profile.SmallMemory ? random.Next(4, 4000) : random.Next(4, 20_000)) };
        return kind is StepKind.SendCancelled or StepKind.EnqueueCancelled ? step with { Ms = Any(random, 0, 1, 2, 5, 20, 100) } : step;
    }

    private static Fault MakeFault(Random random, Setup setup, ScenarioProfile profile)
    {
        var kinds = profile.ManyBatches ? Unanswering : Enum.GetValues<FaultKind>();
        var kind = kinds[random.Next(kinds.Length)];
        var fault = new Fault(kind, AtMs: Any<int>(random, Instants), Times: random.Next(1, 4), Skip: Any(random, 0, 0, 1, 2, 5));
        var broker = random.Next(1, setup.Brokers + 1);
        var partition = random.Next(setup.Partitions);
        return kind switch
        {
            FaultKind.Fail => fault with { Code = Code(random, profile), Partition = Any(random, -1, partition) },
            FaultKind.FailAppended => fault with { Code = Any<short>(random, Unclear), Partition = Any(random, -1, partition) },
            FaultKind.DelayBefore or FaultKind.DelayAfter or FaultKind.Throttle => fault with { Ms = Any(random, 1, 10, 100, 1000, 4000) },
            FaultKind.FailMetadata => fault with { Code = Any<short>(random, 3, 5), Times = random.Next(1, 3) },
            FaultKind.CutMetadata => fault,
            FaultKind.FailProducerId => fault with { Code = Any<short>(random, 14, 15, 16, 51) },
            FaultKind.Move => fault with { Times = 1, Skip = 0, Broker = broker, Partition = partition },
            FaultKind.Leaderless => fault with { Times = 1, Skip = 0, Broker = broker, Partition = partition, Ms = Any(random, 10, 500, 5000) },
            <= FaultKind.Hang => fault with { Broker = Any(random, 0, broker) },
            _ => fault with { Times = 1, Skip = 0, Broker = broker, Ms = Any(random, 1, 50, 500, 4000) },
        };
    }

    private static short Code(Random random, ScenarioProfile profile) => random.Next(profile.FinalErrors ? 4 : 2) switch
    {
        0 => Any<short>(random, Unclear),
        1 => Any<short>(random, Refusing),
        2 => Any<short>(random, Final),
        _ => Any<short>(random, -1, 47, 12345),
    };

    private static IEnumerable<Scenario> Smaller(Scenario scenario)
    {
        foreach (var steps in Fewer(scenario.Steps))
        {
            yield return scenario with { Steps = steps };
        }

        foreach (var faults in Fewer(scenario.Faults))
        {
            yield return scenario with { Faults = faults };
        }

        foreach (var setup in Simpler(scenario.Setup))
        {
            yield return scenario with { Setup = setup };
        }

        for (var i = 0; i < scenario.Steps.Count; i++)
        {
            if (scenario.Steps[i] is { Bytes: > 8 } large)
            {
                yield return scenario with { Steps = [.. scenario.Steps.Select((step, n) => n == i ? large with { Bytes = large.Bytes > 100 ? 100 : 8 } : step)] };
            }
        }

        for (var i = 0; i < scenario.Faults.Count; i++)
        {
            var fault = scenario.Faults[i];
            foreach (var smaller in new[] { fault with { Times = 1 }, fault with { Skip = 0 }, fault with { AtMs = 0 } })
            {
                if (smaller != fault)
                {
                    yield return scenario with { Faults = [.. scenario.Faults.Select((f, n) => n == i ? smaller : f)] };
                }
            }
        }

        if (scenario.Ending != Ending.FlushAndDispose)
        {
            yield return scenario with { Ending = Ending.FlushAndDispose };
        }

        foreach (var seed in new[] { 1, 2, 3, 4, 5 }.TakeWhile(seed => seed < scenario.Seed))
        {
            yield return scenario with { Seed = seed };
        }
    }

    private static IEnumerable<IReadOnlyList<T>> Fewer<T>(IReadOnlyList<T> all)
    {
        for (var length = all.Count; length > 0; length /= 2)
        {
            for (var start = 0; start < all.Count; start += length)
            {
                yield return [.. all.Take(start), .. all.Skip(start + length)];
            }
        }
    }

    private static IEnumerable<Setup> Simpler(Setup setup)
    {
        var standard = Setup.Default;
        Setup[] all =
        [
            setup with { LingerMs = standard.LingerMs }, setup with { LatencyMs = standard.LatencyMs }, setup with { TornBytes = standard.TornBytes },
            setup with { BatchSize = standard.BatchSize }, setup with { BufferMemory = standard.BufferMemory }, setup with { InFlight = standard.InFlight },
            setup with { MaxRequestSize = standard.MaxRequestSize }, setup with { LogAppendTime = standard.LogAppendTime }, setup with { Warm = standard.Warm }, setup with { Acks = standard.Acks },
            setup with { MaxBlockMs = standard.MaxBlockMs }, setup with { Unobserved = standard.Unobserved }, setup with { RequestTimeoutMs = standard.RequestTimeoutMs },
            setup with { DeliveryTimeoutMs = standard.DeliveryTimeoutMs }, setup with { CloseTimeoutMs = standard.CloseTimeoutMs }, setup with { ProduceVersion = standard.ProduceVersion },
        ];
        return all.Where(simpler => simpler != setup);
    }
}
