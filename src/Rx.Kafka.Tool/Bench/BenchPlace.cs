namespace Rx.Kafka.Tool.Bench;

/// <summary>Where records go.</summary>
/// <param name="IsEmbedded">Whether brokers share this machine's processors with the clients.</param>
/// <param name="Brokers">Of the cluster.</param>
/// <param name="Partitions">Of the topic.</param>
internal sealed record BenchPlace(bool IsEmbedded, int Brokers, int Partitions);
