using System.Globalization;
using FsCheck;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Rx.Kafka.Properties;

/// <summary>Says nothing while a law holds, and everything needed to find the fault when it does not.</summary>
internal sealed class LawRunner(string test) : IRunner
{
    public void OnStartFixture(Type t)
    {
    }

    public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
    {
    }

    public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
    {
    }

    public void OnFinished(string name, TestResult result)
    {
        switch (result)
        {
            case TestResult.Failed failed:
                throw new LawBrokenException(Describe(name, failed));
            case TestResult.Exhausted exhausted:
                throw new LawBrokenException($"{name}: only {exhausted.Item.NumberOfTests} cases met the law's condition; generate fitting ones instead of filtering.");
        }
    }

    private string Describe(string name, TestResult.Failed failed)
    {
        var (data, original, smallest, outcome, _, seed, size) = (failed.Item1, failed.Item2, failed.Item3, failed.Item4, failed.Item5, failed.Item6, failed.Item7);
        var cause = outcome switch
        {
            Outcome.Failed thrown => thrown.Item.ToString(),
            _ => "the law does not hold (answered false)",
        };
        var replay = string.Create(CultureInfo.InvariantCulture, $"{seed.Seed},{seed.Gamma},{size}");
        return $"""
            {name}: broken after {data.NumberOfTests} cases
            smallest case: {Show(smallest)}
            first found as: {Show(original)} ({data.NumberOfShrinks} times made smaller)
            labels: {string.Join(", ", data.Labels)}
            replay: RX_LAW_SEED='{replay}' dotnet test tests/Properties --filter "FullyQualifiedName~{test}"
            {cause}
            """;
    }

    private static string Show(FSharpList<object> arguments) => string.Join(", ", arguments.Select(Show));

    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        byte[] bytes => $"{bytes.Length} bytes {Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 64)))}",
        System.Collections.IEnumerable many => $"[{string.Join(", ", many.Cast<object?>().Select(Show))}]",
        _ => value.ToString() ?? string.Empty,
    };
}
