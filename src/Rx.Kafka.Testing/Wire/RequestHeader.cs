namespace Rx.Kafka.Testing.Wire;

/// <summary>The head of a request: header v1, or v2 for flexible versions.</summary>
internal readonly record struct RequestHeader(ApiKey Key, short Version, int CorrelationId, string ClientId)
{
    public bool Flexible => Apis.IsFlexible(Key, Version);

    public static RequestHeader Read(ref WireReader reader, Func<ApiKey, short, bool> known)
    {
        var key = (ApiKey)reader.Int16();
        var version = reader.Int16();
        var correlation = reader.Int32();
        var client = reader.NullableString(flexible: false) ?? "";
        var header = new RequestHeader(key, version, correlation, client);

        // Nothing is known of the layout behind an unknown version.
        if (known(key, version))
        {
            reader.Tags(header.Flexible);
        }

        return header;
    }

    /// <summary>Response header v0, or v1 for flexible versions; ApiVersions always v0.</summary>
    public void WriteResponse(WireWriter writer)
    {
        writer.Int32(CorrelationId);
        writer.NoTags(Flexible && Key != ApiKey.ApiVersions);
    }
}
