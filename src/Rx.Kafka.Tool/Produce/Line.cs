namespace Rx.Kafka.Tool.Produce;

/// <summary>A line of a file or of standard input.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Bytes">Its bytes, without the line's end; null = it is longer than the limit, and was dropped.</param>
/// <param name="Length">How many bytes it has.</param>
internal readonly record struct Line(long Number, byte[]? Bytes, long Length);
