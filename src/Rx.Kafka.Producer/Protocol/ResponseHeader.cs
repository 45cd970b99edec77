namespace Rx.Kafka.Protocol;

/// <summary>What stands before every answer's body: header v0, or v1 for flexible versions.</summary>
internal static class ResponseHeader
{
    /// <summary>Reads the header.</summary>
    /// <returns>The correlation id.</returns>
    public static int Read(ref KafkaReader r, ApiKey key, short version)
    {
        var correlationId = r.Int32();

        // ApiVersions always has v0: its reader does not know yet what the broker speaks.
        r.SkipTags(key != ApiKey.ApiVersions && ApiVersion.IsFlexible(key, version));
        return correlationId;
    }
}
