namespace Rx.Kafka.Testing.Wire;

/// <summary>A record as it lies in its batch; ranges are positions in the uncompressed section.</summary>
internal readonly record struct RawRecord(long TimestampDelta, int OffsetDelta, Range? Key, Range? Value, (Range Key, Range? Value)[] Headers);
