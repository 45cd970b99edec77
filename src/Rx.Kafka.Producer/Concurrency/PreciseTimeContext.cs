namespace Rx.Kafka.Concurrency;

/// <summary>Marks the clock's thread as no place for continuations; what is posted to it goes to the pool, as the base class does.</summary>
internal sealed class PreciseTimeContext : SynchronizationContext
{
    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;
}
