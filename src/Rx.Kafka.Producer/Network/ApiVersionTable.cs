using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Network;

/// <summary>Which versions one broker speaks. Immutable; kept per connection, because a rolling upgrade mixes versions.</summary>
internal sealed class ApiVersionTable
{
    private const int Keys = (int)ApiKey.PushTelemetry + 1;

    // Max = -1: not offered.
    private readonly (short Min, short Max)[] _ranges = new (short, short)[Keys];

    /// <summary>Takes the ranges a broker sent; keys we do not use are dropped.</summary>
    public ApiVersionTable(ReadOnlySpan<ApiVersionRange> apis)
    {
        Array.Fill(_ranges, ((short)0, (short)-1));
        foreach (var (key, min, max) in apis)
        {
            if ((uint)key < Keys)
            {
                _ranges[key] = (min, max);
            }
        }
    }

    /// <summary>Whether there is a version that both sides speak.</summary>
    public bool Supports(ApiKey key) => TryPick(key, short.MaxValue, out _);

    /// <summary>The highest version that both sides speak and that is not above a limit; the broker's minimum counts too.</summary>
    public bool TryPick(ApiKey key, short maximum, out short version)
    {
        var (brokerMin, brokerMax) = _ranges[(int)key];
        var (min, max) = ApiVersion.Supported(key);
        version = Math.Min(maximum, Math.Min(max, brokerMax));
        return version >= Math.Max(min, brokerMin);
    }

    /// <summary>What the broker offers of an API, for messages.</summary>
    public string Describe(ApiKey key) => _ranges[(int)key] is (var min, >= 0 and var max) ? $"{min}-{max}" : "none";
}
