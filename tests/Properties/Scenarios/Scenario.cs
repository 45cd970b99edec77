using System.Text;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>One run of a producer against brokers, decided by its data alone. Prints itself as the code that makes it, so that a smallest case can be kept as a test.</summary>
internal sealed record Scenario
{
    public int Seed { get; init; } = 1;

    public Setup Setup { get; init; } = Setup.Default;

    public IReadOnlyList<Step> Steps { get; init; } = [];

    public IReadOnlyList<Fault> Faults { get; init; } = [];

    public Ending Ending { get; init; }

    public override string ToString()
    {
        var text = new StringBuilder($"new Scenario\n{{\n    Seed = {Seed},\n    Setup = {Setup},\n    Steps =\n    [\n");
        foreach (var step in Steps)
        {
            text.Append($"        {step},\n");
        }

        text.Append("    ],\n    Faults =\n    [\n");
        foreach (var fault in Faults)
        {
            text.Append($"        {fault},\n");
        }

        return text.Append($"    ],\n    Ending = Ending.{Ending},\n}}").ToString();
    }
}
