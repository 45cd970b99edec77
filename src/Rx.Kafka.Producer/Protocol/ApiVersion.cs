namespace Rx.Kafka.Protocol;

/// <summary>What this client knows of each API: its range of versions, and from which version on the flexible encoding holds.</summary>
internal static class ApiVersion
{
    /// <summary>Whether a version uses compact lengths and tagged fields (and so request header v2).</summary>
    public static bool IsFlexible(ApiKey key, short version) => version >= FirstFlexible(key);

    /// <summary>The versions this client writes and reads, both ends included.</summary>
    public static (short Min, short Max) Supported(ApiKey key) => key switch
    {
        // Kafka 4 advertises Produce from 0 but refuses 0-2; 13 names topics by id.
        ApiKey.Produce => (3, 13),
        ApiKey.Metadata => (1, 13),
        ApiKey.ApiVersions => (0, 4),
        ApiKey.InitProducerId => (0, 5),

        // Handshake 0 is followed by tokens without Kafka's framing, which only brokers before 1.0 need.
        ApiKey.SaslHandshake => (1, 1),
        ApiKey.SaslAuthenticate => (0, 2),
        ApiKey.GetTelemetrySubscriptions => (0, 0),
        ApiKey.PushTelemetry => (0, 0),
        _ => throw Unknown(key),
    };

    /// <summary>
    /// From which version on the client waits out a throttle (KIP-219); in older ones the broker has waited itself before it answered.
    /// </summary>
    public static short FirstThrottledByClient(ApiKey key) => key switch
    {
        ApiKey.Produce => 6,
        ApiKey.Metadata => 6,
        ApiKey.InitProducerId => 1,
        ApiKey.GetTelemetrySubscriptions => 0,
        ApiKey.PushTelemetry => 0,
        _ => throw Unknown(key),
    };

    private static short FirstFlexible(ApiKey key) => key switch
    {
        ApiKey.Produce => 9,
        ApiKey.Metadata => 9,
        ApiKey.ApiVersions => 3,
        ApiKey.InitProducerId => 2,
        ApiKey.SaslHandshake => short.MaxValue,
        ApiKey.SaslAuthenticate => 2,
        ApiKey.GetTelemetrySubscriptions => 0,
        ApiKey.PushTelemetry => 0,
        _ => throw Unknown(key),
    };

    private static ArgumentOutOfRangeException Unknown(ApiKey key) =>
        new(nameof(key), key, "This client has no such request; add its versions to ApiVersion.");
}

/// <summary>The requests this producer makes; the numbers are Kafka's.</summary>
internal enum ApiKey : short
{
    Produce = 0,
    Metadata = 3,
    SaslHandshake = 17,
    ApiVersions = 18,
    InitProducerId = 22,
    SaslAuthenticate = 36,
    GetTelemetrySubscriptions = 71,
    PushTelemetry = 72,
}
