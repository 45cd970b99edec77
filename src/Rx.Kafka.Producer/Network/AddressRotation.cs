namespace Rx.Kafka.Network;

/// <summary>Where to begin among the addresses of a name: behind the one that failed last, so that one that never answers does not take every attempt's time.</summary>
internal sealed class AddressRotation
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, uint> _failures = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The address to try now.</summary>
    public int Index(string host, int count)
    {
        lock (_gate)
        {
            return (int)(_failures.GetValueOrDefault(host) % (uint)count);
        }
    }

    /// <summary>The address tried last failed.</summary>
    public void Failed(string host)
    {
        lock (_gate)
        {
            _failures[host] = unchecked(_failures.GetValueOrDefault(host) + 1);
        }
    }
}
