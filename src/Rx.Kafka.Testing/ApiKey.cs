namespace Rx.Kafka.Testing;

/// <summary>The APIs the embedded brokers know, by their number on the wire.</summary>
public enum ApiKey
{
    /// <summary>Publishes batches.</summary>
    Produce = 0,

    /// <summary>Reads batches.</summary>
    Fetch = 1,

    /// <summary>Asks for first and last offsets.</summary>
    ListOffsets = 2,

    /// <summary>Asks for brokers, topics and leaders.</summary>
    Metadata = 3,

    /// <summary>Keeps a group's offsets.</summary>
    OffsetCommit = 8,

    /// <summary>Asks for a group's offsets.</summary>
    OffsetFetch = 9,

    /// <summary>Asks for a group's or a transaction's coordinator.</summary>
    FindCoordinator = 10,

    /// <summary>Joins a group.</summary>
    JoinGroup = 11,

    /// <summary>Says that a member of a group lives.</summary>
    Heartbeat = 12,

    /// <summary>Leaves a group.</summary>
    LeaveGroup = 13,

    /// <summary>Hands out and asks for the assignment of a group.</summary>
    SyncGroup = 14,

    /// <summary>Names the mechanism of an authentication.</summary>
    SaslHandshake = 17,

    /// <summary>Asks which versions the broker speaks.</summary>
    ApiVersions = 18,

    /// <summary>Asks for a producer id.</summary>
    InitProducerId = 22,

    /// <summary>Carries a message of an authentication.</summary>
    SaslAuthenticate = 36,

    /// <summary>Asks which metrics the brokers want.</summary>
    GetTelemetrySubscriptions = 71,

    /// <summary>Pushes metrics.</summary>
    PushTelemetry = 72,
}
