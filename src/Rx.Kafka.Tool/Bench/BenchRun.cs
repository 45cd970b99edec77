using Rx.Kafka.Tool.Showing;

namespace Rx.Kafka.Tool.Bench;

/// <summary>Rounds of clients that take turns, so that what else the machine does hits each of them.</summary>
internal sealed class BenchRun(BenchPlan plan, ClientSettings settings, Surroundings around)
{
    /// <summary>Runs them all, or until the user stops it.</summary>
    public async Task<IReadOnlyList<RoundResult>> RunAsync()
    {
        var results = new List<RoundResult>();
        var turns = Enumerable.Range(1, plan.Rounds).SelectMany(
            number => Order(number).Select(client => (client, number)));
        foreach (var (client, number) in turns)
        {
            if (around.Stop.IsCancellationRequested)
            {
                break;
            }

            if (results.Any(result => result.Client == client && result is { Error: not null, HasFigures: false }))
            {
                continue; // it would fail again
            }

            var result = await RunAsync(client, number);
            results.Add(result);
            Tell(result);
        }

        return results;
    }

    // Who is first in a round finds the machine as the other left it, so they change places.
    private IEnumerable<ClientKind> Order(int number) => number % 2 == 1 ? plan.Clients : plan.Clients.Reverse();

    private async Task<RoundResult> RunAsync(ClientKind kind, int number)
    {
        using var outcomes = new Outcomes(around.Time);
        Meters? used = null;
        string? error = null;
        GC.Collect(); // what one client left is not the next one's to clear away
        try
        {
            await using var client = kind.Start(settings, outcomes);
            used = await new Round(client, outcomes, plan, around).RunAsync();
        }
        catch (InvalidOperationException fault)
        {
            error = fault.Message;
        }

        return new RoundResult(kind, number)
        {
            Used = used.GetValueOrDefault(),
            Latencies = outcomes.Latencies,
            Acknowledged = outcomes.Acknowledged,
            Failed = outcomes.Failed,
            Error = error ?? outcomes.FirstError,
            IsCutShort = around.Stop.IsCancellationRequested && used.GetValueOrDefault().Time < plan.Duration,
        };
    }

    private void Tell(RoundResult result)
    {
        var who = $"round {result.Number}, {result.Client.Title}";
        if (result.Error is { } error)
        {
            around.Errors.Tell($"{who}: {Amounts.Count(result.Failed)} records failed. {error}");
        }

        if (result.HasFigures)
        {
            var (throughput, cpu) = (Figure.Throughput, Figure.Cpu);
            around.Out.Tell($"{who}: {throughput.Show(throughput.Of(result, plan.Size))} records/s, "
                + $"{cpu.Show(cpu.Of(result, plan.Size))} CPU for a million");
        }
    }
}
