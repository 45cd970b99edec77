namespace Rx.Kafka.Testing.Wire;

/// <summary>Which versions are served, and where versions become flexible.</summary>
internal static class Apis
{
    /// <summary>What a broker can serve at all; what it advertises is an option.</summary>
    public static bool Serves(ApiKey key, short version) => key switch
    {
        ApiKey.Produce => version is >= 3 and <= 13,
        ApiKey.Fetch => version is >= 4 and <= 12,
        ApiKey.ListOffsets => version is >= 1 and <= 7,
        ApiKey.Metadata => version is >= 0 and <= 13,
        ApiKey.OffsetCommit => version is >= 2 and <= 8,
        ApiKey.OffsetFetch => version is >= 1 and <= 8,
        ApiKey.FindCoordinator or ApiKey.Heartbeat => version is >= 0 and <= 4,
        ApiKey.JoinGroup => version is >= 0 and <= 9,
        ApiKey.LeaveGroup or ApiKey.SyncGroup => version is >= 0 and <= 5,
        ApiKey.SaslHandshake => version is >= 0 and <= 1,
        ApiKey.ApiVersions => version is >= 0 and <= 4,
        ApiKey.InitProducerId => version is >= 0 and <= 5,
        ApiKey.SaslAuthenticate => version is >= 0 and <= 2,
        ApiKey.GetTelemetrySubscriptions or ApiKey.PushTelemetry => version == 0,
        _ => false,
    };

    public static bool IsFlexible(ApiKey key, short version) => version >= key switch
    {
        ApiKey.Produce or ApiKey.Metadata => 9,
        ApiKey.Fetch => 12,
        ApiKey.OffsetCommit => 8,
        ApiKey.ListOffsets or ApiKey.OffsetFetch or ApiKey.JoinGroup => 6,
        ApiKey.Heartbeat or ApiKey.LeaveGroup or ApiKey.SyncGroup => 4,
        ApiKey.FindCoordinator or ApiKey.ApiVersions => 3,
        ApiKey.InitProducerId or ApiKey.SaslAuthenticate => 2,
        ApiKey.GetTelemetrySubscriptions or ApiKey.PushTelemetry => 0,
        _ => short.MaxValue,
    };

    /// <summary>
    /// As Kafka 4: Produce, Fetch and ListOffsets from 0, or librdkafka drops compression and magic 2 without a word. Offsets by
    /// topic names only, and no group protocol but the classic one.
    /// </summary>
    public static SortedDictionary<ApiKey, ApiRange> Defaults() => new()
    {
        [ApiKey.Produce] = new(0, 13),
        [ApiKey.Fetch] = new(0, 12),
        [ApiKey.ListOffsets] = new(0, 7),
        [ApiKey.Metadata] = new(0, 13),
        [ApiKey.OffsetCommit] = new(2, 8),
        [ApiKey.OffsetFetch] = new(1, 8),
        [ApiKey.FindCoordinator] = new(0, 4),
        [ApiKey.JoinGroup] = new(0, 9),
        [ApiKey.Heartbeat] = new(0, 4),
        [ApiKey.LeaveGroup] = new(0, 5),
        [ApiKey.SyncGroup] = new(0, 5),
        [ApiKey.SaslHandshake] = new(0, 1),
        [ApiKey.ApiVersions] = new(0, 4),
        [ApiKey.InitProducerId] = new(0, 5),
        [ApiKey.SaslAuthenticate] = new(0, 2),
    };
}
