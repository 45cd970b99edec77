namespace Rx.Kafka.Integration.Embedded.Stress;

/// <summary>What an observer does besides noting.</summary>
/// <param name="ThrowsAt">It throws at its so many-th outcome; 0 = never.</param>
/// <param name="IsSlow">Whether it takes its time now and then.</param>
/// <param name="Then">Called after each outcome with how many there were, such as one that offers again; null = nothing.</param>
internal sealed record Manner(int ThrowsAt = 0, bool IsSlow = false, Action<int>? Then = null);
