using Rx.Kafka.Protocol;

namespace Rx.Kafka.Metadata;

/// <summary>What a topic's error code in a metadata answer means.</summary>
internal static class TopicErrors
{
    public const short UnknownTopic = 3;
    public const short TopicAuthorizationFailed = 29;
    private const short InvalidTopic = 17;
    private const short UnknownTopicId = 100;

    /// <summary>The brokers deny that the topic exists, or to us: what was known of it is void. Other errors say nothing about it.</summary>
    public static bool EndsTopic(short code) => code is UnknownTopic or InvalidTopic or TopicAuthorizationFailed or UnknownTopicId;

    /// <summary>May be over by itself soon, so ask again.</summary>
    public static bool MayPass(short code) => code != 0 && (ErrorTable.Get(code).Retriable || ErrorTable.Get(code).InvalidMetadata);
}
