namespace Rx.Kafka.Network;

/// <summary>The numbers that match answers to requests: one counter per client, shared by all its connections.</summary>
internal sealed class CorrelationIds
{
    /// <summary>Java keeps the last 8 values for SASL re-authentication; brokers' logs stay readable if we do too.</summary>
    private const uint Limit = int.MaxValue - 7;

    private long _last = -1;

    /// <summary>Starts at 0, or behind a given number.</summary>
    public CorrelationIds(int last = -1) => _last = last;

    /// <summary>The next number, from 0 to int.MaxValue − 8, then from 0 again.</summary>
    public int Next() => (int)((ulong)Interlocked.Increment(ref _last) % Limit);
}
