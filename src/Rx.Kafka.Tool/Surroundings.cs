using Spectre.Console;

namespace Rx.Kafka.Tool;

/// <summary>What a command works with, so that a test can stand in for the terminal.</summary>
/// <param name="Out">Takes results.</param>
/// <param name="Errors">Takes errors and notices.</param>
/// <param name="OpenInput">Opens standard input.</param>
/// <param name="Time">The clock.</param>
/// <param name="Stop">Cancelled by Ctrl+C: end in order.</param>
internal sealed record Surroundings(
    IAnsiConsole Out, IAnsiConsole Errors, Func<Stream> OpenInput, TimeProvider Time, CancellationToken Stop)
{
    /// <summary>Whether somebody looks at a screen that can be painted over; else lines are written one after the other.</summary>
    public bool IsLive => Out.Profile.Capabilities is { Interactive: true, Ansi: true };
}
