using System.Globalization;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Rx.Kafka.Properties;

/// <summary>
/// Checks a law on random cases. A law that fails throws with its seed, the smallest case and the command that replays it.
/// <c>RX_LAW_SEED=seed,gamma,size</c> replays exactly the failing case; <c>RX_LAW_TESTS=10</c> runs ten times as many cases; <c>RX_LAW_SHRINK=0</c> tells the first failing
/// case as it was found, for those who only want to know whether there is one.
/// </summary>
internal static class Law
{
    private const int Cases = 200;

    /// <summary>Whether one case is asked for by its seed.</summary>
    public static bool Replays => !string.IsNullOrWhiteSpace(Seed);

    private static string? Seed => Environment.GetEnvironmentVariable("RX_LAW_SEED");

    /// <summary>Checks that something holds for every case of a generator, which shrinks if the <see cref="Arbitrary{T}"/> can.</summary>
    public static void Check<T>(string name, Arbitrary<T> cases, Func<T, bool> holds, int maxTest = Cases, [CallerMemberName] string test = "") =>
        Check(name, Prop.ForAll(Shrinking(cases), holds), maxTest, test);

    /// <summary>The same with assertions instead of a result.</summary>
    public static void Check<T>(string name, Arbitrary<T> cases, Action<T> holds, int maxTest = Cases, [CallerMemberName] string test = "") =>
        Check(name, Prop.ForAll(Shrinking(cases), holds), maxTest, test);

    /// <summary>The same with an asynchronous body; the law's thread waits for it, as FsCheck has no asynchronous checks.</summary>
    public static void Check<T>(string name, Arbitrary<T> cases, Func<T, Task> holds, int maxTest = Cases, [CallerMemberName] string test = "") =>
        Check(name, Prop.ForAll(Shrinking(cases), holds), maxTest, test);

    /// <inheritdoc cref="Check{T}(string, Arbitrary{T}, Func{T, bool}, int, string)"/>
    public static void Check<T>(string name, Gen<T> cases, Func<T, bool> holds, int maxTest = Cases, [CallerMemberName] string test = "") =>
        Check(name, cases.ToArbitrary(), holds, maxTest, test);

    /// <inheritdoc cref="Check{T}(string, Arbitrary{T}, Action{T}, int, string)"/>
    public static void Check<T>(string name, Gen<T> cases, Action<T> holds, int maxTest = Cases, [CallerMemberName] string test = "") =>
        Check(name, cases.ToArbitrary(), holds, maxTest, test);

    /// <inheritdoc cref="Check{T}(string, Arbitrary{T}, Func{T, Task}, int, string)"/>
    public static void Check<T>(string name, Gen<T> cases, Func<T, Task> holds, int maxTest = Cases, [CallerMemberName] string test = "") =>
        Check(name, cases.ToArbitrary(), holds, maxTest, test);

    /// <summary>Checks that something holds for every value of a type FsCheck can make by itself.</summary>
    public static void Check<T>(string name, Func<T, bool> holds, int maxTest = Cases, [CallerMemberName] string test = "") =>
        Check(name, ArbMap.Default.ArbFor<T>(), holds, maxTest, test);

    /// <inheritdoc cref="Check{T}(string, Func{T, bool}, int, string)"/>
    public static void Check<T>(string name, Action<T> holds, int maxTest = Cases, [CallerMemberName] string test = "") =>
        Check(name, ArbMap.Default.ArbFor<T>(), holds, maxTest, test);

    /// <summary>Checks something that takes its chance from a seed of its own, such as a simulation; the seed does not shrink.</summary>
    public static void Seeds(string name, Action<int> holds, int maxTest = Cases, [CallerMemberName] string test = "") =>
        Check(name, Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), holds, maxTest, test);

    /// <summary>Checks any FsCheck property.</summary>
    public static void Check(string name, Property property, int maxTest = Cases, [CallerMemberName] string test = "") =>
        Check(name, property, Seed, maxTest, test);

    /// <summary>Checks any FsCheck property, starting at the given seed if there is one.</summary>
    public static void Check(string name, Property property, string? seed, int maxTest, string test)
    {
        var config = Config.QuickThrowOnFailure
            .WithName(name)
            .WithMaxTest(maxTest * Factor())
            .WithMaxRejected(maxTest * Factor() * 100)
            .WithRunner(new LawRunner(test));
        FsCheck.Check.One(name, string.IsNullOrWhiteSpace(seed) ? config : config.WithReplay(Replay(seed)), property);
    }

    private static Arbitrary<T> Shrinking<T>(Arbitrary<T> cases) =>
        Environment.GetEnvironmentVariable("RX_LAW_SHRINK") == "0" ? cases.Generator.ToArbitrary() : cases;

    private static Replay Replay(string seed)
    {
        var parts = seed.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length is not (2 or 3)
            || !ulong.TryParse(parts[0], CultureInfo.InvariantCulture, out var start)
            || !ulong.TryParse(parts[1], CultureInfo.InvariantCulture, out var gamma))
        {
            throw new ArgumentException($"RX_LAW_SEED is '{seed}'; it must be 'seed,gamma' or 'seed,gamma,size' as a failing law prints them.", nameof(seed));
        }

        // An F# option made of null would be Some(null), so the absent size is said with None.
        var size = parts.Length == 3 ? FSharpOption<int>.Some(int.Parse(parts[2], CultureInfo.InvariantCulture)) : FSharpOption<int>.None;
        return new Replay(new Rnd(start, gamma), size);
    }

    private static int Factor() =>
        int.TryParse(Environment.GetEnvironmentVariable("RX_LAW_TESTS"), CultureInfo.InvariantCulture, out var factor) && factor > 0 ? factor : 1;
}
