using System.Text;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>Records that no producer can send, and what is to be said of them: the value, the limit, the remedy.</summary>
internal static class BadRecords
{
    public const int Partitions = 3;
    private const int MiB = 1 << 20;

    public static IReadOnlyDictionary<string, (Func<Record> Make, ProduceErrorCode Code, string[] Says)> All { get; } = new Dictionary<string, (Func<Record>, ProduceErrorCode, string[])>(StringComparer.Ordinal)
    {
        ["default"] = (() => default, ProduceErrorCode.InvalidRecord, ["no topic", "new Record("]),
        ["empty topic"] = (() => new Record("", "v"), ProduceErrorCode.InvalidRecord, ["no topic", "new Record("]),
        ["partition 3 of 3"] = (() => new Record("t", "v") { Partition = 3 }, ProduceErrorCode.InvalidRecord, ["partition 3", "3 partition(s)", "from 0 to 2", "Name one that exists"]),
        ["partition int.MaxValue"] = (() => new Record("t", "v") { Partition = int.MaxValue }, ProduceErrorCode.InvalidRecord, ["partition 2147483647", "from 0 to 2"]),
        ["value above MaxRequestSize"] = (() => new Record("t", new byte[MiB]), ProduceErrorCode.RecordTooLarge, ["MaxRequestSize (1048576 bytes)", "1048", "Raise"]),
        ["value of 33 MiB"] = (() => new Record("t", new byte[33 * MiB]), ProduceErrorCode.RecordTooLarge, ["MaxRequestSize (1048576 bytes)", "3460", "Raise"]),
        ["key above MaxRequestSize"] = (() => new Record("t", new byte[MiB], new byte[1]), ProduceErrorCode.RecordTooLarge, ["MaxRequestSize (1048576 bytes)", "Raise"]),
        ["headers above MaxRequestSize"] = (() => new Record("t", "v") { Headers = [new RecordHeader("h", new byte[MiB])] }, ProduceErrorCode.RecordTooLarge, ["MaxRequestSize (1048576 bytes)", "Raise"]),
        ["value that cannot be read"] = (() => new Record("t", (ReadOnlyMemory<byte>?)ThrowingMemory.Of(10)), ProduceErrorCode.InvalidRecord, ["cannot be read", "Keep it alive"]),
        ["large value that cannot be read"] = (() => new Record("t", (ReadOnlyMemory<byte>?)ThrowingMemory.Of(100_000)), ProduceErrorCode.InvalidRecord, ["cannot be read", "Keep it alive"]),
        ["key that cannot be read"] = (() => new Record("t", (ReadOnlyMemory<byte>?)ThrowingMemory.Of(10), new byte[1]), ProduceErrorCode.InvalidRecord, ["cannot be read", "Keep it alive"]),
        ["header that cannot be read"] = (() => new Record("t", "v") { Headers = [new RecordHeader("h", ThrowingMemory.Of(10))] }, ProduceErrorCode.InvalidRecord, ["cannot be read", "Keep it alive"]),
    };

    /// <summary>A partitioner of the user's that does what the key says.</summary>
    public sealed class ObedientPartitioner : IPartitioner
    {
        public int Partition(in Record record, TopicPartitions partitions) => Encoding.UTF8.GetString(record.Key.GetValueOrDefault().Span) switch
        {
            "throw" => throw new InvalidOperationException("no idea"),
            var number => int.Parse(number),
        };
    }
}
