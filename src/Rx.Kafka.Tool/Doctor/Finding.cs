namespace Rx.Kafka.Tool.Doctor;

/// <summary>What a step found.</summary>
/// <param name="Step">Which step.</param>
/// <param name="IsWell">False: it stops here.</param>
/// <param name="Text">What was seen; of a step that stops also what to do.</param>
/// <param name="Took">How long it took; null = it was not done.</param>
internal sealed record Finding(Checkpoint Step, bool IsWell, string Text, TimeSpan? Took);
