using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>
/// Everything at once on real threads: every way in, slow, throwing and re-entrant observers, subscriptions and enumerations that are left, and
/// brokers in trouble. <c>RX_STRESS_SECONDS</c> says how long, <c>RX_STRESS_SEED</c> which choices; the machine's timing is no part of them.
/// </summary>
[Collection(Alone.Name)]
public sealed class StressTests(ITestOutputHelper output)
{
    private static readonly TimeSpan RoundDuration = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Every_element_has_one_outcome_and_the_log_agrees()
    {
        var duration = TimeSpan.FromSeconds(Number("RX_STRESS_SECONDS", 20));
        var seed = Number("RX_STRESS_SEED", Random.Shared.Next());
        var (rounds, elements) = (0, 0L);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < duration; rounds++)
        {
            var round = new Round(seed, RoundDuration);
            try
            {
                elements += await round.RunAsync();
            }
            catch (Exception e)
            {
                round.Book.Fault(e.ToString());
            }

            Assert.True(round.Book.Faults.Count == 0, string.Create(
                CultureInfo.InvariantCulture, $"RX_STRESS_SEED={seed}, round {rounds}:\n{string.Join('\n', round.Book.Faults)}"));
            seed = unchecked(seed + 1) & int.MaxValue;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rounds} rounds, {elements} elements"));
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
