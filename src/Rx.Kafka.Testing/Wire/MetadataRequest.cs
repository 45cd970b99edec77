namespace Rx.Kafka.Testing.Wire;

/// <summary>A decoded Metadata request: null topics = all.</summary>
internal sealed record MetadataRequest(IReadOnlyList<(string? Name, Guid Id)>? Topics, bool AllowAutoTopicCreation)
{
    public static MetadataRequest Read(ref WireReader reader, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.Metadata, version);
        var count = reader.Count(flexible);
        var topics = new (string?, Guid)[Math.Max(0, count)];
        for (var i = 0; i < topics.Length; i++)
        {
            var id = version >= 10 ? reader.Uuid() : default;
            topics[i] = (version >= 10 ? reader.NullableString(flexible) : reader.String(flexible), id);
            reader.Tags(flexible);
        }

        var allow = version < 4 || reader.Bool();
        if (version is >= 8 and <= 10)
        {
            reader.Bool(); // IncludeClusterAuthorizedOperations
        }

        if (version >= 8)
        {
            reader.Bool(); // IncludeTopicAuthorizedOperations
        }

        reader.Tags(flexible);
        if (count >= 0)
        {
            reader.End(); // librdkafka sends stray bytes after a request for all topics; Kafka does not look at them
        }

        // In v0 an empty array asks for all; later null does.
        return new(count < 0 || (version == 0 && count == 0) ? null : topics, allow);
    }
}
