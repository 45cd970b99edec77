namespace Rx.Kafka.Properties.Metadata.Scripted;

/// <summary>A partition as the scripted cluster tells of it.</summary>
internal sealed record FakePartition(int Leader, int Epoch = 0, short Error = 0);
