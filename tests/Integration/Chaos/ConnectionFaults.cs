using System.Diagnostics;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>Cuts, slows and holds the connections to one broker after the other, whatever the brokers themselves suffer meanwhile.</summary>
internal sealed class ConnectionFaults(IReadOnlyList<ChaosProxy> proxies, FaultScript script, FaultTally tally)
{
    /// <summary>Plays the script for so long; in the end all connections are as they should be.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        foreach (var fault in script.OnConnections())
        {
            if (watch.Elapsed >= duration)
            {
                return;
            }

            tally.Begin(fault);
            var proxy = proxies[fault.Broker];
            if (fault.Kind != FaultKind.Cut)
            {
                proxy.Turn(new(fault.Kind, fault.Seed));
                await Task.Delay(fault.Lasts);
            }

            if (fault.Kind == FaultKind.Cut || fault.EndsWithCut)
            {
                proxy.Cut();
            }

            proxy.Turn(new());
            tally.End(fault);
            await Task.Delay(fault.Then);
        }
    }
}
