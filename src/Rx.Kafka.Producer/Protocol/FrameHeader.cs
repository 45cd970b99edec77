namespace Rx.Kafka.Protocol;

/// <summary>What stands before every request's body: header v1, or v2 for flexible versions.</summary>
internal static class RequestHeader
{
    public static void Write(ref KafkaWriter w, ApiKey key, short version, int correlationId, string clientId)
    {
        w.Int16((short)key); // request_api_key
        w.Int16(version); // request_api_version
        w.Int32(correlationId);

        // client_id keeps its classic length in v2 too: a broker reads it before it knows the version.
        w.String(clientId, flexible: false);
        w.NoTags(ApiVersion.IsFlexible(key, version));
    }
}

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
