using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rx.Kafka.Health;

namespace Rx.Kafka.Properties.Health;

/// <summary>What a health check says is the worst of the last while: never better than what is seen, never better for worse, and it does not flap.</summary>
public sealed class HealthJudgeTests
{
    private static readonly KafkaHealthOptions Thresholds = new()
    {
        DegradedAfter = TimeSpan.FromSeconds(10),
        UnhealthyAfter = TimeSpan.FromSeconds(30),
        RecoverAfter = TimeSpan.FromSeconds(15),
    };

    private static Gen<(int Later, HealthLook Look)> Looks =>
        from later in Gen.Choose(0, 12)
        from ended in Gen.Frequency((30, Gen.Constant(false)), (1, Gen.Constant(true)))
        from waiting in ArbMap.Default.GeneratorFor<bool>()
        from age in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(0, 12)), (1, Gen.Choose(0, 40)))
        from silence in Gen.Frequency((3, Gen.Choose(0, 5).Select(static s => (int?)s)), (1, Gen.Choose(0, 60).Select(static s => (int?)s)), (1, Gen.Constant((int?)null)))
        select (later, new HealthLook(default, ended, waiting, TimeSpan.FromSeconds(age), silence is { } s ? TimeSpan.FromSeconds(s) : null));

    private static Gen<List<HealthLook>> Courses => Looks.NonEmptyListOf().Select(static looks =>
    {
        var at = TimeSpan.Zero;
        return looks.Select(look => look.Look with { At = at += TimeSpan.FromSeconds(look.Later) }).ToList();
    });

    [Fact]
    public void It_says_the_worst_of_what_was_seen_since_the_time_to_recover() => Law.Check("status = worst seen in the window", Courses, static (List<HealthLook> course) =>
    {
        var seen = SeenAlone(course);
        var told = Told(course);
        for (var i = 0; i < course.Count; i++)
        {
            var window = Enumerable.Range(0, i + 1).Where(j => j == i || course[i].At - course[j].At < Thresholds.RecoverAfter);
            Assert.Equal(window.Min(j => seen[j]), told[i]);
        }
    });

    [Fact]
    public void It_does_not_flap() => Law.Check("better not before RecoverAfter", Courses, static (List<HealthLook> course) =>
    {
        var told = Told(course);
        for (var i = 1; i < course.Count; i++)
        {
            // HealthStatus: the worse, the lower. Who got worse stays so for RecoverAfter.
            if (told[i] < told[i - 1])
            {
                Assert.All(
                    Enumerable.Range(i, course.Count - i).Where(j => course[j].At - course[i].At < Thresholds.RecoverAfter),
                    j => Assert.True(told[j] <= told[i]));
            }
        }
    });

    [Fact]
    public void Worse_to_see_is_never_better_to_tell() => Law.Check("monotone", Courses.Zip(Looks.NonEmptyListOf()), static (ValueTuple<List<HealthLook>, List<(int Later, HealthLook Look)>> c) =>
    {
        var worse = c.Item1.Select((look, i) => Worse(look, c.Item2[i % c.Item2.Count].Look)).ToList();
        var (told, toldOfWorse) = (Told(c.Item1), Told(worse));
        Assert.All(Enumerable.Range(0, worse.Count), i => Assert.True(toldOfWorse[i] <= told[i], $"look {i}: {told[i]}, of the worse {toldOfWorse[i]}"));
    });

    [Fact]
    public void Idle_is_healthy_and_callers_that_wait_while_brokers_answer_are_no_more_than_degraded() => Law.Check("back-pressure", Courses, static (List<HealthLook> course) =>
    {
        var idle = course.Select(static look => look with { HasEnded = false, IsWaiting = false, OldestRecordAge = TimeSpan.Zero }).ToList();
        Assert.All(Told(idle), static status => Assert.Equal(HealthStatus.Healthy, status));

        var busy = course.Select(static look => look with { HasEnded = false, OldestRecordAge = TimeSpan.Zero, SinceLastAnswer = TimeSpan.FromSeconds(1) }).ToList();
        Assert.All(Told(busy), static status => Assert.NotEqual(HealthStatus.Unhealthy, status));
    });

    [Fact]
    public void Looks_far_apart_never_invent_a_wait() => Law.Check("bursts are healthy", Courses, static (List<HealthLook> course) =>
    {
        // A burst at each look, over and idle before the next one.
        var bursts = course
            .Select(static (look, i) => look with
            {
                At = look.At + TimeSpan.FromSeconds(6 * i),
                HasEnded = false,
                IsWaiting = true,
                OldestRecordAge = TimeSpan.FromTicks(Math.Min(look.OldestRecordAge.Ticks, TimeSpan.FromSeconds(5).Ticks)),
            })
            .ToList();
        Assert.All(Told(bursts), static status => Assert.Equal(HealthStatus.Healthy, status));
    });

    [Fact]
    public void A_fatal_error_is_unhealthy_at_once()
    {
        var look = new HealthLook(TimeSpan.Zero, HasEnded: true, IsWaiting: false, TimeSpan.Zero, TimeSpan.Zero);
        Assert.Equal([HealthStatus.Unhealthy, HealthStatus.Unhealthy], Told([look, look with { At = TimeSpan.FromDays(1) }]));
    }

    private static HealthLook Worse(HealthLook one, HealthLook other) => one with
    {
        HasEnded = one.HasEnded || other.HasEnded,
        IsWaiting = one.IsWaiting || other.IsWaiting,
        OldestRecordAge = TimeSpan.FromTicks(Math.Max(one.OldestRecordAge.Ticks, other.OldestRecordAge.Ticks)),
        SinceLastAnswer = one.SinceLastAnswer is { } a && other.SinceLastAnswer is { } b ? TimeSpan.FromTicks(Math.Max(a.Ticks, b.Ticks)) : null,
    };

    private static List<HealthStatus> Told(IEnumerable<HealthLook> course)
    {
        var memory = default(HealthMemory);
        var told = new List<HealthStatus>();
        foreach (var look in course)
        {
            (var status, _, memory) = HealthJudge.Judge(Thresholds, memory, look);
            told.Add(status);
        }

        return told;
    }

    // Looks that are near, or an oldest record that was there at the look before.
    private static bool IsOneWait(HealthLook look, TimeSpan apart) => apart <= TimeSpan.FromSeconds(5) || look.OldestRecordAge >= apart;

    // By the words of KafkaHealthOptions, look by look.
    private static List<HealthStatus> SeenAlone(List<HealthLook> course)
    {
        var seen = new List<HealthStatus>();
        for (var i = 0; i < course.Count; i++)
        {
            var look = course[i];
            var first = i;
            while (first > 0 && course[first].IsWaiting && course[first - 1].IsWaiting && IsOneWait(course[first], course[first].At - course[first - 1].At))
            {
                first--;
            }

            var waited = look.IsWaiting ? (look.At - course[first].At).TotalSeconds : 0;
            var age = look.OldestRecordAge.TotalSeconds;
            var silence = look.SinceLastAnswer?.TotalSeconds ?? double.PositiveInfinity;
            seen.Add(look.HasEnded || age >= 30 || (waited >= 30 && silence >= 30) ? HealthStatus.Unhealthy
                : age >= 10 || waited >= 10 ? HealthStatus.Degraded
                : HealthStatus.Healthy);
        }

        return seen;
    }
}
