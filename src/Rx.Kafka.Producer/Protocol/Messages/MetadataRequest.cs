namespace Rx.Kafka.Protocol.Messages;

/// <summary>Asks for brokers, topics and partition leaders.</summary>
internal static class MetadataRequest
{
    /// <summary>Writes the body.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="version">1-13.</param>
    /// <param name="topics">Null = all topics, empty = none (brokers only).</param>
    /// <param name="allowAutoTopicCreation">Whether asking may create a topic; before v4 the broker alone decides.</param>
    public static void Write(ref KafkaWriter w, short version, IReadOnlyList<string>? topics, bool allowAutoTopicCreation)
    {
        var flexible = ApiVersion.IsFlexible(ApiKey.Metadata, version);
        w.ArrayLength(topics?.Count ?? -1, flexible); // Topics
        for (var i = 0; i < (topics?.Count ?? 0); i++)
        {
            if (version >= 10)
            {
                w.Uuid(Guid.Empty); // TopicId: we ask by name
            }

            w.String(topics![i], flexible); // Name
            w.NoTags(flexible);
        }

        if (version >= 4)
        {
            w.Bool(allowAutoTopicCreation);
        }

        if (version is >= 8 and <= 10)
        {
            w.Bool(false); // IncludeClusterAuthorizedOperations
        }

        if (version >= 8)
        {
            w.Bool(false); // IncludeTopicAuthorizedOperations
        }

        w.NoTags(flexible);
    }
}
