using Rx.Kafka.Concurrency;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Network;

/// <summary>Until when a broker wants to be left alone (KIP-219). It belongs to the loop of the link.</summary>
internal sealed class BrokerThrottle(TimeProvider time)
{
    /// <summary>The timestamp until which nothing is sent.</summary>
    public long Until { get; private set; } = long.MinValue;

    /// <summary>
    /// An answer says for how long. A later answer never shortens it, and in old versions the broker has waited itself.
    /// </summary>
    public void Take(KafkaRequest request, int milliseconds, long now)
    {
        if (request.Version >= ApiVersion.FirstThrottledByClient(request.Key))
        {
            Until = Math.Max(Until, time.After(now, TimeSpan.FromMilliseconds(milliseconds)));
        }
    }

    /// <summary>A new connection begins without one.</summary>
    public void Forget() => Until = long.MinValue;
}
