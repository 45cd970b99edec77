using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Rx.Kafka.Properties;

/// <summary>The helper is what everybody's evidence rests on, so it is tested itself.</summary>
public sealed partial class LawTests
{
    [Fact]
    public void A_law_that_holds_is_silent() => Law.Check<int>("sum", n => n + n == 2 * n);

    [Fact]
    public void A_broken_law_prints_its_smallest_case_and_a_replay_command()
    {
        var error = Broken(null);
        Assert.Contains("small numbers: broken after", error, StringComparison.Ordinal);
        Assert.Contains("smallest case: 105", error, StringComparison.Ordinal);
        Assert.Contains($"--filter \"FullyQualifiedName~{nameof(LawTests)}\"", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_printed_seed_replays_the_same_case_at_once()
    {
        var first = Broken(null);
        var second = Broken(Seed().Match(first).Groups[1].Value);
        Assert.Contains("broken after 1 cases", second, StringComparison.Ordinal);
        Assert.Equal(FirstFound().Match(first).Value, FirstFound().Match(second).Value);
    }

    [Fact]
    public void An_assertion_inside_a_law_is_shown()
    {
        var error = Assert.Throws<LawBrokenException>(() => Law.Check<int>("never", _ => Assert.Fail("the reason"))).Message;
        Assert.Contains("the reason", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_in_an_asynchronous_law_is_shown()
    {
        var error = Assert.Throws<LawBrokenException>(() => Law.Check("async", Gen.Constant(1), async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("the reason");
        })).Message;
        Assert.Contains("the reason", error, StringComparison.Ordinal);
    }

    private static string Broken(string? seed)
    {
        var property = Prop.ForAll(ArbMap.Default.ArbFor<int>().Convert(n => n * 7, n => n / 7), n => n < 100);
        return Assert.Throws<LawBrokenException>(() => Law.Check("small numbers", property, seed, 1000, nameof(LawTests))).Message;
    }

    [GeneratedRegex("RX_LAW_SEED='([^']+)'")]
    private static partial Regex Seed();

    [GeneratedRegex("first found as: [0-9-]+")]
    private static partial Regex FirstFound();
}
