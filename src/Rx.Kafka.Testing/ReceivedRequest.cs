namespace Rx.Kafka.Testing;

/// <summary>A request as a broker received it, before any fault.</summary>
/// <param name="Broker">The broker's id.</param>
/// <param name="Key">The API.</param>
/// <param name="Version">The API's version.</param>
/// <param name="CorrelationId">The client's number of the request.</param>
/// <param name="ClientId">The client's name for itself; empty for null.</param>
/// <param name="Bytes">The request's size without its length field.</param>
/// <param name="Acks">Of a Produce request: -1 all, 0 none, 1 the leader; else 0.</param>
/// <param name="Batches">Of a Produce request: what it carries, in order; else empty.</param>
public sealed record ReceivedRequest(int Broker, ApiKey Key, short Version, int CorrelationId, string ClientId, int Bytes, short Acks, IReadOnlyList<ReceivedBatch> Batches);
