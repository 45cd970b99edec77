namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Makes a failing scenario smaller: first its steps, then its faults, then its setup, at last its seed.</summary>
internal static class ScenarioShrinker
{
    public static IEnumerable<Scenario> Smaller(Scenario scenario)
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
            foreach (var smaller in new[] { fault with { Times = 1 }, fault with { Skip = 0 }, fault with { AtMs = 0 }, fault with { Ms = Math.Min(fault.Ms, 1000) } })
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
            setup with { ExpirationMs = standard.ExpirationMs }, setup with { OldBrokers = standard.OldBrokers }, setup with { MetadataMaxAgeMs = standard.MetadataMaxAgeMs },
        ];
        return all.Where(simpler => simpler != setup);
    }
}
