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

    /// <summary>Asks for a group's or a transaction's coordinator.</summary>
    FindCoordinator = 10,

    /// <summary>Asks which versions the broker speaks.</summary>
    ApiVersions = 18,

    /// <summary>Asks for a producer id.</summary>
    InitProducerId = 22,
}
