namespace Rx.Kafka.Batching;

/// <summary>A chunk and the overhead that was charged with it.</summary>
internal sealed record ReservedMemory(byte[] Chunk, int Overhead);
