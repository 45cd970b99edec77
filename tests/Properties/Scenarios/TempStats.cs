using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Rx.Kafka.Properties.Scenarios;

public class TempStats
{
    [Fact]
    public void Stats()
    {
        foreach (var profile in new[] { new ScenarioProfile { Faults = true, Idempotent = true, ManyBatches = true }, new ScenarioProfile { Faults = true, FinalErrors = true, ShortTimeouts = true, Endings = true, SmallMemory = true, Cancels = true, Purges = true, Idempotent = true } })
        {
            var counts = new SortedDictionary<string, int>();
            void Add(string s, int n = 1) => counts[s] = counts.GetValueOrDefault(s) + n;
            foreach (var scenario in ScenarioSource.Of(profile).Generator.Sample(400, 60))
            {
                var lines = new List<string>();
                var run = ScenarioRunner.Run(scenario, s => new LogLines(s.Time, lines));
                foreach (var l in lines)
                {
                    Add("log " + Regex.Replace(Regex.Replace(l[11..].Split("   at")[0], "[0-9.]+", "#"), "t-#", "")[..Math.Min(90, Regex.Replace(Regex.Replace(l[11..].Split("   at")[0], "[0-9.]+", "#"), "t-#", "").Length)]);
                }

                foreach (var r in run.Records)
                {
                    Add("outcome " + (r.Succeeded ? (r.Metadata.Offset < 0 ? "ok, offset -1" : "ok") : r.Error is null ? (r.Cancelled ? "cancelled" : "disposed") : r.Error.Code + " " + r.Persistence));
                    if (r.Withdrawn) Add("withdrawn");
                }

                foreach (var b in run.Batches.SelectMany(b => b)) Add("epoch " + b.ProducerEpoch);
                Add("steps", (int)run.Steps);
            }

            foreach (var (k, v) in counts) Console.WriteLine($"{v,8} {k}");
        }
    }
}
