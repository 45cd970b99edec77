using System.Globalization;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>How long, how much and by which seed; each may be set in the environment.</summary>
/// <param name="Seed">Decides which faults come in which order, on which brokers and for how long. What they hit is decided by the machine's timing.</param>
/// <param name="Duration">How long faults are made, and the time over which the records are spread.</param>
/// <param name="Records">How many records at least; rounded up to whole streams.</param>
internal sealed record ChaosSettings(int Seed, TimeSpan Duration, int Records)
{
    private const string SeedVariable = "RX_CHAOS_SEED";
    private const string SecondsVariable = "RX_CHAOS_SECONDS";
    private const string RecordsVariable = "RX_CHAOS_RECORDS";
    private const string LogVariable = "RX_CHAOS_LOG";

    /// <summary>Where to keep the log of the run even when all went well; null = it is kept only when something did not.</summary>
    public static string? LogFile { get; } = Environment.GetEnvironmentVariable(LogVariable) is { Length: > 0 } file ? file : null;

    /// <summary>The command that plays the same script again.</summary>
    public string Replay => string.Create(
        CultureInfo.InvariantCulture,
        $"{SeedVariable}={Seed} {SecondsVariable}={Duration.TotalSeconds:0} {RecordsVariable}={Records} dotnet test -c Release tests/Integration --filter FullyQualifiedName~ChaosTests");

    public static ChaosSettings FromEnvironment() => new(
        Number(SeedVariable, Random.Shared.Next()),
        TimeSpan.FromSeconds(Number(SecondsVariable, 60)),
        Number(RecordsVariable, 200_000));

    private static int Number(string variable, int otherwise)
    {
        var text = Environment.GetEnvironmentVariable(variable);
        return string.IsNullOrEmpty(text) ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new InvalidOperationException($"{variable} is '{text}'; a whole number is wanted.");
    }
}
