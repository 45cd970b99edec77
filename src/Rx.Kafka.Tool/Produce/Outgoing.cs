namespace Rx.Kafka.Tool.Produce;

/// <summary>A record on its way, and where it came from.</summary>
/// <param name="Origin">The file, or standard input.</param>
/// <param name="Number">Its line there, from 1.</param>
/// <param name="Record">What is sent.</param>
/// <param name="Since">The clock's timestamp when it was read.</param>
internal readonly record struct Outgoing(string Origin, long Number, Record Record, long Since)
{
    /// <summary>Bytes of key and value.</summary>
    public long Bytes => (Record.Key?.Length ?? 0) + (Record.Value?.Length ?? 0);
}
