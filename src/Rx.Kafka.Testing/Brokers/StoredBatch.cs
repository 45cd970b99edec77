namespace Rx.Kafka.Testing.Brokers;

/// <summary>A batch on a log, in a rented array.</summary>
internal sealed record StoredBatch(byte[] Rented, int Length, long BaseOffset, int RecordCount, int Broker, int LeaderEpoch, DateTimeOffset AppendedAt)
{
    /// <summary>How many bytes were added to the log before it.</summary>
    public long Position { get; init; }

    public long NextOffset => BaseOffset + RecordCount;

    public ReadOnlySpan<byte> Bytes => Rented.AsSpan(0, Length);
}
