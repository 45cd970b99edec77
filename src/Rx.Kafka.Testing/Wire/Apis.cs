namespace Rx.Kafka.Testing.Wire;

/// <summary>Which versions are served, and where versions become flexible.</summary>
internal static class Apis
{
    /// <summary>What a broker can serve at all; what it advertises is an option.</summary>
    public static bool Serves(ApiKey key, short version) => key switch
    {
        ApiKey.Produce => version is >= 3 and <= 12,
        ApiKey.Fetch => version is >= 4 and <= 12,
        ApiKey.ListOffsets => version is >= 1 and <= 7,
        ApiKey.Metadata => version is >= 0 and <= 13,
        ApiKey.FindCoordinator => version is >= 0 and <= 4,
        ApiKey.ApiVersions => version is >= 0 and <= 4,
        ApiKey.InitProducerId => version is >= 0 and <= 5,
        _ => false,
    };

    public static bool IsFlexible(ApiKey key, short version) => version >= key switch
    {
        ApiKey.Produce or ApiKey.Metadata => 9,
        ApiKey.Fetch => 12,
        ApiKey.ListOffsets => 6,
        ApiKey.FindCoordinator or ApiKey.ApiVersions => 3,
        ApiKey.InitProducerId => 2,
        _ => short.MaxValue,
    };

    /// <summary>As Kafka 4: Produce, Fetch and ListOffsets from 0, or librdkafka drops compression and magic 2 without a word.</summary>
    public static SortedDictionary<ApiKey, ApiRange> Defaults() => new()
    {
        [ApiKey.Produce] = new(0, 12),
        [ApiKey.Fetch] = new(0, 12),
        [ApiKey.ListOffsets] = new(0, 7),
        [ApiKey.Metadata] = new(0, 13),
        [ApiKey.FindCoordinator] = new(0, 4),
        [ApiKey.ApiVersions] = new(0, 4),
        [ApiKey.InitProducerId] = new(0, 5),
    };
}
