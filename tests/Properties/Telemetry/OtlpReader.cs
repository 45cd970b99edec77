using System.Buffers.Binary;
using System.Text;

namespace Rx.Kafka.Properties.Telemetry;

/// <summary>Reads OTLP's MetricsData with code of its own, after metrics.proto; what is no gauge and no sum of doubles is a fault.</summary>
internal static class OtlpReader
{
    /// <summary>All points of all metrics.</summary>
    public static IReadOnlyList<OtlpPoint> Read(ReadOnlyMemory<byte> metricsData) => [.. Messages(metricsData, 1).SelectMany(static resourceMetrics => Points(resourceMetrics))];

    /// <summary>What the points are of.</summary>
    public static IReadOnlyDictionary<string, string> Resource(ReadOnlyMemory<byte> metricsData) =>
        Attributes(Messages(Messages(metricsData, 1).Single(), 1).Single(), 1);

    /// <summary>The fields of a message, in order: number and content; numbers of eight bytes and varints as eight bytes.</summary>
    public static List<(int Field, ReadOnlyMemory<byte> Content)> Fields(ReadOnlyMemory<byte> message)
    {
        var fields = new List<(int, ReadOnlyMemory<byte>)>();
        while (!message.IsEmpty)
        {
            var tag = Varint(ref message);
            switch (tag & 7)
            {
                case 0:
                    var number = new byte[8];
                    BinaryPrimitives.WriteUInt64LittleEndian(number, Varint(ref message));
                    fields.Add(((int)(tag >> 3), number));
                    break;
                case 1:
                    fields.Add(((int)(tag >> 3), message[..8]));
                    message = message[8..];
                    break;
                case 2:
                    var size = (int)Varint(ref message);
                    fields.Add(((int)(tag >> 3), message[..size]));
                    message = message[size..];
                    break;
                default:
                    throw new InvalidDataException($"There is no wire type {tag & 7} here.");
            }
        }

        return fields;
    }

    private static IEnumerable<OtlpPoint> Points(ReadOnlyMemory<byte> resourceMetrics) =>
        from scope in Messages(resourceMetrics, 2)
        from metric in Messages(scope, 2)
        let name = Encoding.UTF8.GetString(Messages(metric, 1).Single().Span)
        let sum = Messages(metric, 7).SingleOrDefault()
        let gauge = Messages(metric, 5).SingleOrDefault()
        let isSum = !sum.IsEmpty
        from point in Messages(isSum ? sum : gauge, 1)
        select new OtlpPoint(name, BitConverter.UInt64BitsToDouble(Number(point, 4)), Attributes(point, 7))
        {
            IsSum = isSum,
            IsDelta = isSum && Number(sum, 2) == 1,
            IsMonotonic = isSum && Number(sum, 3) == 1,
            Since = isSum ? Time(Number(point, 2)) : null,
            At = Time(Number(point, 3)),
        };

    private static DateTimeOffset Time(ulong nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks((long)(nanoseconds / 100));

    private static ulong Number(ReadOnlyMemory<byte> message, int field) => BinaryPrimitives.ReadUInt64LittleEndian(Messages(message, field).Single().Span);

    private static Dictionary<string, string> Attributes(ReadOnlyMemory<byte> message, int field) => Messages(message, field).ToDictionary(
        static pair => Encoding.UTF8.GetString(Messages(pair, 1).Single().Span),
        static pair => Encoding.UTF8.GetString(Messages(Messages(pair, 2).Single(), 1).Single().Span));

    private static IEnumerable<ReadOnlyMemory<byte>> Messages(ReadOnlyMemory<byte> message, int field) =>
        Fields(message).Where(found => found.Field == field).Select(static found => found.Content);

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        var value = 0ul;
        for (var shift = 0; ; shift += 7)
        {
            var next = message.Span[0];
            message = message[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
