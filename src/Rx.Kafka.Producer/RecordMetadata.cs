namespace Rx.Kafka;

/// <summary>Where a record stands on the log.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition, from 0; −1, with an empty topic, for an element that asked for no record.</param>
/// <param name="Offset">The offset in the partition, from 0; −1 where the broker cannot say (acks = 0, or a duplicate it no longer
/// remembers).</param>
/// <param name="Timestamp">The broker's log-append time if the topic is set so, else the record's own time; millisecond precision. On such
/// a topic too it is the record's own where the broker does not tell the other: with acks = 0, with offset −1, and for a duplicate.</param>
public readonly record struct RecordMetadata(string Topic, int Partition, long Offset, DateTimeOffset Timestamp);
