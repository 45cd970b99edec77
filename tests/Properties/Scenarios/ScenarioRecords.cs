using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Rx.Kafka.Partitioning;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>The records of scenarios: each carries its number, and everything else about it follows from number and step.</summary>
internal static class ScenarioRecords
{
    public const string Topic = "t";

    private static readonly DateTimeOffset Origin = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    public static Record Make(int id, Step step) => new(Topic, KeyOf(step), Value(id, step))
    {
        Partition = step.Partition < 0 ? null : step.Partition,
        Timestamp = id % 3 == 0 ? Origin.AddMilliseconds(id * 17 % 1000) : null,
        Headers = id % 5 == 0 ? [new RecordHeader("id", BitConverter.GetBytes(id)), new RecordHeader("none", (byte[]?)null)] : [],
    };

    public static byte[] Value(int id, Step step)
    {
        var value = new byte[Math.Max(4, step.Bytes)];
        BinaryPrimitives.WriteInt32BigEndian(value, id);
        for (var i = 4; i < value.Length; i++)
        {
            value[i] = (byte)(id + i);
        }

        return value;
    }

    public static int IdOf(ReadOnlyMemory<byte>? value) => BinaryPrimitives.ReadInt32BigEndian(value!.Value.Span);

    public static string? KeyOf(Step step) => step.Key < 0 ? null : "k" + step.Key.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where it belongs; −1 = anywhere.</summary>
    public static int PartitionOf(Step step, int partitions) =>
        step.Partition >= 0 ? step.Partition : KeyOf(step) is { } key ? Murmur2.Partition(Encoding.UTF8.GetBytes(key), partitions) : -1;

    /// <summary>Whether two records are the same, but for what the producer fills in.</summary>
    public static bool SameBytes(Record offered, LogRecord logged, bool hasItsTime) =>
        Same(offered.Key, logged.Key) && Same(offered.Value, logged.Value)
        && offered.Headers.Count == logged.Headers.Count
        && offered.Headers.Zip(logged.Headers).All(static pair => pair.First.Key == pair.Second.Key && Same(pair.First.Value, pair.Second.Value))
        && (!hasItsTime || offered.Timestamp is null || offered.Timestamp == logged.Timestamp);

    private static bool Same(ReadOnlyMemory<byte>? a, ReadOnlyMemory<byte>? b) => a is { } x ? b is { } y && x.Span.SequenceEqual(y.Span) : b is null;
}
