using FsCheck;
using FsCheck.Fluent;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Makes scenarios.</summary>
internal static class ScenarioSource
{
    public static Arbitrary<Scenario> Of(ScenarioProfile profile) => Arb.From(
        Gen.Sized(size => Gen.Choose(0, int.MaxValue - 1).Select(seed => Make(new Random(seed), Math.Max(1, size), profile))),
        ScenarioShrinker.Smaller);

    /// <summary>The scenario of a seed.</summary>
    /// <param name="random">Decides everything.</param>
    /// <param name="size">From 1 to 100: how many steps and faults at most.</param>
    /// <param name="profile">What it may contain.</param>
    public static Scenario Make(Random random, int size, ScenarioProfile profile)
    {
        var setup = MakeSetup(random, profile);
        var steps = new Step[random.Next(1, 3 + (size / 2))];
        var callers = random.Next(1, 4);
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = i > 0 && steps[i - 1].IsOneOfMany && random.Next(4) > 0
                ? MakeRecord(random, new Step(steps[i - 1].Caller, steps[i - 1].Kind), setup, profile)
                : MakeStep(random, random.Next(callers), setup, profile);
        }

        return new Scenario
        {
            Seed = random.Next(),
            Setup = setup,
            Steps = steps,
            Faults = profile.Faults ? [.. Enumerable.Range(0, random.Next(1, 2 + (size / (profile.ManyBatches ? 8 : 10)))).Select(_ => FaultSource.Make(random, setup, profile))] : [],
            Ending = profile.Endings ? (Ending)random.Next(4) : Ending.FlushAndDispose,
        };
    }

    public static T Any<T>(Random random, params ReadOnlySpan<T> of) => of[random.Next(of.Length)];

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
            Compression = Any(random, "none", "none", "gzip", "snappy", "lz4", "zstd, lz4, none"),
            ProduceVersion = Any<short>(random, 3, 7, 8, 9, 12, 12, 13, 13),
        };
        setup = setup.Idempotent ? setup : setup with { Acks = Any(random, RequiredAcks.All, RequiredAcks.All, RequiredAcks.Leader, RequiredAcks.None) };
        if (profile.LongPauses)
        {
            // Kafka forgets producers only after longer than any record may be on its way.
            setup = setup with { ExpirationMs = Any(random, 0, 180_000), OldBrokers = random.Next(2) == 0 };
        }

        if (profile.Upheavals)
        {
            setup = setup with { MetadataMaxAgeMs = Any(random, 100, 1000, 300_000) };
        }

        setup = profile.Traced ? setup with { TracesRecords = random.Next(2) == 0 } : setup;
        return profile.ManyBatches
            ? setup with { Partitions = random.Next(1, 3), BatchSize = Any(random, 0, 0, 100), LingerMs = 0, InFlight = Any(random, 2, 5, 5, 5), Warm = true }
            : setup;
    }

    private static Step MakeStep(Random random, int caller, Setup setup, ScenarioProfile profile)
    {
        var kind = random.Next(100) switch
        {
            0 when profile.Disposes && random.Next(3) == 0 => StepKind.Dispose,
            < 4 when profile.Watches => Any(random, StepKind.Watch, StepKind.Watch, StepKind.WatchAndThrow),
            < 60 when profile.Sinks => Any(random, StepKind.SinkNext, StepKind.HaltingNext, StepKind.Write, StepKind.Deliver, StepKind.OnNext),
            < 80 when profile.ManyBatches => Any(random, StepKind.Send, StepKind.Send, StepKind.Enqueue, StepKind.OnNext),
            < 19 => StepKind.Send,
            < 25 => Any(random, StepKind.SendAll, StepKind.SendSequence),
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
            return kind switch
            {
                StepKind.Pause when profile.LongPauses => step with { Ms = Any(random, 5, 100, 61_000, 185_000, 600_000) },
                StepKind.Pause => step with { Ms = Any(random, 1, 5, 30, 100) },
                StepKind.Watch => step with { Ms = Any(random, 1, 20, 1000) },
                _ => step,
            };
        }

        return MakeRecord(random, step, setup, profile);
    }

    private static Step MakeRecord(Random random, Step step, Setup setup, ScenarioProfile profile)
    {
        step = random.Next(4) switch
        {
            0 => step,
            1 => step with { Key = random.Next(6) },
            _ => step with { Partition = random.Next(setup.Partitions) },
        };
        step = step with { Bytes = Any(random, 8, 8, 50, 200, random.Next(4, 2000), profile.SmallMemory ? random.Next(4, 4000) : random.Next(4, 20_000)) };
        return step.Kind switch
        {
            StepKind.SendCancelled or StepKind.EnqueueCancelled => step with { Ms = Any(random, 0, 1, 2, 5, 20, 100) },
            StepKind.SendAll or StepKind.SendSequence when profile.Cancels && random.Next(3) == 0 => step with { Ms = Any(random, 1, 2, 5, 20, 100) },
            _ => step,
        };
    }
}
