using System.Diagnostics;
using System.Globalization;
using Rx.Kafka.Integration.RealKafka;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>Kills, pauses and moves, one after the other: the next one comes when all replicas are in sync again, so that no acknowledged record has ever only one.</summary>
internal sealed class BrokerFaults(Cluster cluster, Administrator administrator, FaultScript script, IReadOnlyList<Traffic> traffics, int brokers, FaultTally tally)
{
    private const int Moves = 4;
    private const int Patience = 110;

    /// <summary>Plays the script for so long, but each kind at least once.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var left = new HashSet<FaultKind>([FaultKind.Kill, FaultKind.Pause, FaultKind.MoveLeaders]);
        foreach (var fault in script.OnBrokers())
        {
            if (watch.Elapsed >= duration && left.Count == 0)
            {
                return;
            }

            left.Remove(fault.Kind);
            tally.Begin(fault);
            await PlayAsync(fault);
            foreach (var traffic in traffics)
            {
                await administrator.RunAsync(string.Create(CultureInfo.InvariantCulture, $"insync {traffic.Topic} --timeout {Patience}"));
            }

            tally.End(fault);
            await Task.Delay(fault.Then);
        }
    }

    private async Task PlayAsync(Fault fault)
    {
        var node = fault.Broker.ToString(CultureInfo.InvariantCulture);
        switch (fault.Kind)
        {
            case FaultKind.Kill:
                await cluster.RunAsync("kill", node);
                await Task.Delay(fault.Lasts);
                await cluster.StartAsync(node);
                break;
            case FaultKind.Pause:
                await cluster.RunAsync("pause", node);
                await Task.Delay(fault.Lasts);
                await cluster.RunAsync("resume", node);
                break;
            default:
                await MoveLeadersAsync(new Random(fault.Seed));
                break;
        }
    }

    private async Task MoveLeadersAsync(Random random)
    {
        for (var move = 0; move < Moves; move++)
        {
            var traffic = traffics[random.Next(traffics.Count)];
            await administrator.RunAsync(string.Create(CultureInfo.InvariantCulture, $"leader {traffic.Topic} {random.Next(traffic.Partitions)} {random.Next(brokers)} --timeout {Patience}"));
        }
    }
}
