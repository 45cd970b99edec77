namespace Rx.Kafka.Batching;

/// <summary>Memory for one more chunk.</summary>
/// <param name="Minimum">The bytes the next record needs in one piece.</param>
/// <param name="Overhead">What the batch keeps beside its bytes: charged, not allocated here.</param>
internal readonly record struct MemoryRequest(int Minimum, int Overhead)
{
    public bool IsNone => Minimum == 0;
}
