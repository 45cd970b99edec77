namespace Rx.Kafka.Protocol.Messages;

/// <summary>The versions a broker offers of one API, both ends included.</summary>
internal readonly record struct ApiVersionRange(short Key, short Min, short Max);
