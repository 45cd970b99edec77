using System.Diagnostics;
using System.Globalization;
using Rx.Kafka.Integration.RealKafka;
using Xunit.Abstractions;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>
/// Three real brokers under fire, in a script that a seed stands for. CI plays it for a minute; CONTRIBUTING.md has the command for longer. What is on the log is read back by Kafka's own consumer.
/// </summary>
public abstract class ChaosRun(Cluster cluster, ITestOutputHelper output)
{
    private const int Brokers = 3;
    private const int Partitions = 12;
    private const int HurriedPartitions = 6;
    private const int HurriedShare = 40;

    /// <summary>How long, when the faults are over, until every record must have its outcome; and as long again as the faults lasted, to catch up.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromMinutes(2);

    /// <summary>Plays the script and compares all outcomes with the log.</summary>
    protected async Task PlayAsync()
    {
        var settings = ChaosSettings.FromEnvironment();
        output.WriteLine(settings.Replay);
        using var log = new ChaosLog(ChaosSettings.LogFile ?? Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"rx-kafka-chaos-{settings.Seed}.log")));
        log.Note(settings.Replay);
        var tally = new FaultTally(log);

        var (patient, hurried) = await UnderFireAsync(settings, log, tally);

        var faults = await FaultsAsync(patient, hurried, tally);
        if (cluster.Security is not null && log.Renewals == 0)
        {
            faults.Add("no session was renewed: the script proves nothing of renewal");
        }

        foreach (var line in new[] { patient.Ledger.Summary, hurried.Ledger.Summary }.Concat(patient.Ledger.Examples).Concat(hurried.Ledger.Examples).Concat(faults.Take(10_000)))
        {
            log.Note(line);
        }

        if (faults.Count > 0)
        {
            Assert.Fail($"{faults.Count} faults, more in {log.File}; play it again by\n{settings.Replay}\n{string.Join('\n', faults.Take(20))}\n{await KeepLogsAsync(log, patient, hurried)}");
        }

        if (ChaosSettings.LogFile is null)
        {
            File.Delete(log.File);
        }
    }

    private async Task<(Traffic Patient, Traffic Hurried)> UnderFireAsync(ChaosSettings settings, ChaosLog log, FaultTally tally)
    {
        await using var brokers = await ProxiedBrokers.StartAsync(cluster);
        await using var cast = new Cast(brokers, cluster.Security, log);
        var patient = new Traffic(await cluster.CreateTopicAsync(Partitions), Partitions, cast.Patient, settings.Records, settings.Duration, log);
        var hurried = new Traffic(await cluster.CreateTopicAsync(HurriedPartitions), HurriedPartitions, [cast.Hurried], settings.Records / HurriedShare, settings.Duration, log);
        await using var administrator = cluster.NewAdministrator();
        var script = new FaultScript(settings.Seed, Brokers);
        var watch = Stopwatch.StartNew();
        var sending = Task.WhenAll(patient.RunAsync(), hurried.RunAsync());
        await Task.WhenAll(
            new BrokerFaults(cluster, administrator, script, [patient, hurried], Brokers, tally).RunAsync(settings.Duration),
            new ConnectionFaults(brokers.Proxies, script, tally).RunAsync(settings.Duration));
        log.Note("*** the faults are over");
        var underFire = watch.Elapsed;
        await Task.WhenAny(sending, Task.Delay(Recovery + settings.Duration));
        if (sending.IsCompleted)
        {
            await sending;
        }

        log.Note("*** all sent");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{tally}; {brokers.Proxies.Sum(static proxy => proxy.Cuts)} connections cut, {brokers.Proxies.Sum(static proxy => proxy.Tears)} torn, {log.Renewals} given up before their session's end; {underFire.TotalSeconds:0} s, and {(watch.Elapsed - underFire).TotalSeconds:0.0} s until all was decided"));
        output.WriteLine($"patient: {patient.Ledger.Summary}");
        output.WriteLine($"hurried: {hurried.Ledger.Summary}");
        return (patient, hurried);
    }

    private async Task<List<string>> FaultsAsync(Traffic patient, Traffic hurried, FaultTally tally)
    {
        var faults = tally.Missing.Select(static kind => $"the script had no {kind}: it needs more time").ToList();
        foreach (var traffic in new[] { patient, hurried })
        {
            var contents = new LogContents(traffic.Ledger.Streams, traffic.Ledger.PerStream);
            await cluster.ReadLinesAsync(traffic.Topic, contents.Add);
            output.WriteLine($"{traffic.Topic}: {contents.Records} records on the log");
            faults.AddRange(Agreement.Faults(traffic.Ledger, contents));
        }

        if (patient.Ledger.Failures > 0)
        {
            faults.Add($"{patient.Ledger.Failures} records failed though there was time enough: {patient.Ledger.Summary}");
        }

        if (hurried.Ledger.Failures == 0)
        {
            faults.Add("no record of the hurried producer failed: the script proves nothing of failures");
        }

        var found = await cluster.CheckAsync(patient.Topic, patient.Ledger.Streams, patient.Ledger.PerStream);
        return found.ExitCode == 0 ? faults : [.. faults, $"kafka read --check: {found.Output}{found.Errors}"];
    }

    /// <summary>What else can explain a fault, before the cluster is gone.</summary>
    private async Task<string> KeepLogsAsync(ChaosLog log, params Traffic[] all)
    {
        foreach (var traffic in all)
        {
            for (var partition = 0; partition < traffic.Partitions; partition++)
            {
                var number = partition.ToString(CultureInfo.InvariantCulture);
                await File.WriteAllTextAsync($"{log.File}.{traffic.Topic}-{number}", await cluster.RunAsync("dump", traffic.Topic, number));
            }
        }

        for (var broker = 0; broker < Brokers; broker++)
        {
            var number = broker.ToString(CultureInfo.InvariantCulture);
            await File.WriteAllTextAsync($"{log.File}.broker-{number}", await cluster.RunAsync("logs", number, "-n", "100000"));
        }

        return $"The batches on the log and the brokers' own logs are beside it: {log.File}.*";
    }
}
