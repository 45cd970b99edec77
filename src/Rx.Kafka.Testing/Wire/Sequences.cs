namespace Rx.Kafka.Testing.Wire;

/// <summary>Sequence numbers count from 0 to 2147483647 and then from 0 again.</summary>
internal static class Sequences
{
    public static int Add(int sequence, int count) => (int)(((long)sequence + count) & int.MaxValue);
}
