namespace Rx.Kafka.Metadata;

/// <summary>What interest in a topic met.</summary>
internal enum TopicInterest
{
    /// <summary>It is watched already.</summary>
    Known,

    /// <summary>It is watched from now on.</summary>
    New,

    /// <summary>It is watched, but the last answer denied it to us: that may have been changed since.</summary>
    Forbidden,
}
