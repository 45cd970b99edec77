namespace Rx.Kafka.Metadata;

/// <summary>A topic somebody wants to know about. Guarded by <see cref="WatchedTopics"/>' lock.</summary>
internal sealed class WatchedTopic(string name)
{
    public string Name { get; } = name;

    /// <summary>The timestamp of the last interest.</summary>
    public long LastUsed { get; set; }

    /// <summary>Whether any answer has spoken of it.</summary>
    public bool Answered { get; set; }

    /// <summary>The last answer's error; 0 = none.</summary>
    public short ErrorCode { get; set; }
}
