namespace Rx.Kafka.Testing;

/// <summary>
/// How a broker answers an ApiVersions request whose version it does not know: error 35 in a form of version 0, or a close.
/// </summary>
public enum ApiVersionsFallback
{
    /// <summary>Kafka 2.4 and newer: it lists the versions of ApiVersions itself.</summary>
    ListsApiVersions,

    /// <summary>Kafka 0.10 to 2.3: it lists nothing.</summary>
    ListsNothing,

    /// <summary>librdkafka's mock broker: a layout of no version at all.</summary>
    Malformed,

    /// <summary>Some front-ends and relays: the connection is closed without an answer.</summary>
    ClosesConnection,
}
