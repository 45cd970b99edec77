namespace Rx.Kafka.Testing;

/// <summary>A simulation cannot go on or cannot be trusted: a deadlock, a limit, or steps taken off its thread.</summary>
public sealed class SimulationException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">What caused it; null = nothing else.</param>
    public SimulationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
