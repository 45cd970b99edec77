using Rx.Kafka.Protocol;

namespace Rx.Kafka.Admission;

/// <summary>Why records of the topic are not taken, in words.</summary>
internal sealed partial class TopicAdmission
{
    /// <summary>Why the topic did not become known in time.</summary>
    public ProduceError UnknownInTime()
    {
        var waited = $"within MaxBlock ({_context.Options.MaxBlock.TotalMilliseconds:0} ms)";
        if (_context.Metadata.TopicError(Name.Text) == ErrorCodes.UnknownTopicOrPartition)
        {
            var unknown = $"The brokers do not know topic '{Name.Text}', and it was not created {waited}. "
                + "Create it, or let the brokers create topics (auto.create.topics.enable).";
            return new(ProduceErrorCode.TopicUnknown, unknown, BrokerErrorCode: ErrorCodes.UnknownTopicOrPartition);
        }

        if (_context.Options.MaxBlock == TimeSpan.Zero)
        {
            var notYet = $"The partitions of topic '{Name.Text}' are not known yet, and with MaxBlock = 0 nothing waits for them. They are "
                + "asked for: try again, or raise MaxBlock.";
            return new(ProduceErrorCode.MetadataTimeout, notYet, Cause: _context.Metadata.LastFailure);
        }

        var cause = _context.Metadata.LastFailure;
        if (cause is KafkaAuthenticationException)
        {
            return new(ProduceErrorCode.Authentication, cause.Message, Cause: cause);
        }

        var text = $"No metadata of topic '{Name.Text}' came {waited}. {cause?.Message ?? "Is a broker of BootstrapServers reachable?"}";
        return new(ProduceErrorCode.MetadataTimeout, text, Cause: cause);
    }

    /// <summary>A topic that will not become usable by waiting.</summary>
    private ProduceError? Refusal() => _context.Metadata.TopicError(Name.Text) switch
    {
        ErrorCodes.InvalidTopic => new(
            ProduceErrorCode.TopicUnknown,
            $"The brokers refuse the topic name '{Name.Text}' as invalid. Use 1 to 249 of the characters a-z, A-Z, 0-9, '.', '_' and '-'.",
            BrokerErrorCode: ErrorCodes.InvalidTopic),
        ErrorCodes.TopicAuthorizationFailed => new(
            ProduceErrorCode.Authorization,
            $"The brokers do not show topic '{Name.Text}' to this client: grant its principal WRITE on it, which includes DESCRIBE"
            + $"{(_context.Options.AllowAutoCreateTopics ? "; or the topic does not exist, and this client may not CREATE it" : "")}.",
            BrokerErrorCode: ErrorCodes.TopicAuthorizationFailed),
        _ => null,
    };

    /// <summary>The cluster could not be asked within MaxBlock whether the partition was added.</summary>
    private ProduceError Missing(int partition, TopicChannels channels) => new(
        ProduceErrorCode.MetadataTimeout,
        $"Topic {Name.Text} has {channels.Channels.Length} partition(s); the record is for partition {partition}, and the brokers did not "
        + $"answer within MaxBlock ({_context.Options.MaxBlock.TotalMilliseconds:0} ms) whether it was added.",
        Cause: _context.Metadata.LastFailure);

    /// <summary>No partition had memory within MaxBlock.</summary>
    private ProduceError Full() => new(
        ProduceErrorCode.BufferFull,
        $"No memory became free for any partition of topic {Name.Text} within MaxBlock "
        + $"({_context.Options.MaxBlock.TotalMilliseconds:0} ms) of BufferMemory ({_context.Options.BufferMemory} bytes): "
        + "the brokers are slower than the source. Raise either, or slow the source.");
}
