namespace Rx.Kafka.Properties;

/// <summary>A law did not hold; the message has the seed, the smallest case and how to replay it.</summary>
public sealed class LawBrokenException(string message) : Xunit.Sdk.XunitException(message);
