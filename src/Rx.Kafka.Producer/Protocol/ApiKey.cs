namespace Rx.Kafka.Protocol;

/// <summary>The requests this producer makes; the numbers are Kafka's.</summary>
internal enum ApiKey : short
{
    Produce = 0,
    Metadata = 3,
    ApiVersions = 18,
    InitProducerId = 22,
}
