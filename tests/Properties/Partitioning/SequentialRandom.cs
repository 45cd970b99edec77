namespace Rx.Kafka.Properties.Partitioning;

/// <summary>Chance that goes round: 0, 1, 2 … modulo what is asked for, and counts how often it was asked.</summary>
internal sealed class SequentialRandom : Random
{
    public int Calls { get; private set; }

    public override int Next(int maxValue) => Calls++ % maxValue;

    public override long NextInt64(long maxValue) => Calls++ % maxValue;
}
