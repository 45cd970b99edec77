namespace Rx.Kafka.Protocol.Messages;

/// <summary>Asks which versions a broker speaks: the first request on every connection.</summary>
internal static class ApiVersionsRequest
{
    /// <summary>Writes the body; empty before v3.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="version">0-4.</param>
    /// <param name="softwareName">Letters, digits, '-' and '.', ending in a letter or digit; a broker refuses others with
    /// INVALID_REQUEST.</param>
    /// <param name="softwareVersion">The same alphabet: no '+build'.</param>
    public static void Write(ref KafkaWriter w, short version, string softwareName, string softwareVersion)
    {
        if (version >= 3)
        {
            w.String(softwareName, flexible: true); // ClientSoftwareName
            w.String(softwareVersion, flexible: true); // ClientSoftwareVersion
            w.NoTags(flexible: true);
        }
    }
}

/// <summary>Which versions a broker speaks.</summary>
internal sealed class ApiVersionsResponse
{
    private ApiVersionsResponse(short errorCode) => ErrorCode = errorCode;

    public short ErrorCode { get; }

    public ApiVersionRange[] Apis { get; private set; } = [];

    public int ThrottleTimeMs { get; private set; }

    /// <summary>Of several answers the one with the highest epoch holds; -1 = unknown.</summary>
    public long FinalizedFeaturesEpoch { get; private set; } = -1;

    public FinalizedFeature[] FinalizedFeatures { get; private set; } = [];

    /// <summary>
    /// Reads the answer to a request of a version. Error 35 to a version above 0 is read by <see cref="ReadUnsupported"/>.
    /// </summary>
    /// <exception cref="MalformedDataException">The bytes are no such answer.</exception>
    public static ApiVersionsResponse Read(ref KafkaReader r, short version)
    {
        var start = r;
        var response = new ApiVersionsResponse(r.Int16()); // ErrorCode
        if (response.ErrorCode == ErrorCodes.UnsupportedVersion && version > 0)
        {
            r = start;
            return ReadUnsupported(ref r);
        }

        var flexible = ApiVersion.IsFlexible(ApiKey.ApiVersions, version);
        response.Apis = ReadApis(ref r, flexible); // ApiKeys
        if (version >= 1)
        {
            response.ThrottleTimeMs = r.Int32();
        }

        if (flexible)
        {
            response.ReadTags(ref r);
        }

        return response;
    }

    /// <summary>
    /// Reads a refusal (error 35), which has the layout of v0 whatever was asked, and never throws: some peers list nothing, some send a
    /// layout of their own (librdkafka's mock broker). What cannot be read leaves <see cref="Apis"/> empty, and all is taken as read.
    /// </summary>
    public static ApiVersionsResponse ReadUnsupported(ref KafkaReader r)
    {
        var response = new ApiVersionsResponse(ErrorCodes.UnsupportedVersion);
        try
        {
            r.Int16(); // ErrorCode
            response.Apis = ReadApis(ref r, flexible: false);
        }
        catch (MalformedDataException)
        {
            r.SkipAll();
        }

        return response;
    }

    private static ApiVersionRange[] ReadApis(ref KafkaReader r, bool flexible)
    {
        var count = r.ArrayLength(flexible, minimumElementBytes: flexible ? 7 : 6);
        if (count <= 0)
        {
            return [];
        }

        var apis = new ApiVersionRange[count];
        foreach (ref var api in apis.AsSpan())
        {
            api = new(r.Int16(), r.Int16(), r.Int16()); // ApiKey, MinVersion, MaxVersion
            r.SkipTags(flexible);
        }

        return apis;
    }

    private static FinalizedFeature[] ReadFeatures(ref KafkaReader r)
    {
        var count = r.ArrayLength(flexible: true, minimumElementBytes: 6);
        if (count <= 0)
        {
            return [];
        }

        var features = new FinalizedFeature[count];
        foreach (ref var feature in features.AsSpan())
        {
            feature = new(r.RequiredString(flexible: true), r.Int16(), r.Int16()); // Name, MaxVersionLevel, MinVersionLevel
            r.SkipTags(flexible: true);
        }

        return features;
    }

    private void ReadTags(ref KafkaReader r)
    {
        for (var left = r.TagCount(); left > 0; left--)
        {
            var field = r.Tag(out var tag);
            switch (tag)
            {
                case 1: // FinalizedFeaturesEpoch
                    FinalizedFeaturesEpoch = field.Int64();
                    break;
                case 2: // FinalizedFeatures
                    FinalizedFeatures = ReadFeatures(ref field);
                    break;
                default: // SupportedFeatures (0) and ZkMigrationReady (3) are of no use to a producer
                    break;
            }
        }
    }
}

/// <summary>The versions a broker offers of one API, both ends included.</summary>
internal readonly record struct ApiVersionRange(short Key, short Min, short Max);

/// <summary>A feature the whole cluster has agreed on, e.g. transaction.version.</summary>
internal readonly record struct FinalizedFeature(string Name, short MaxLevel, short MinLevel);
