namespace Rx.Kafka.Tool.Produce;

/// <summary>What the command line asks <c>produce</c> to do.</summary>
internal sealed record ProducePlan
{
    /// <summary>Where records go.</summary>
    public required string Topic { get; init; }

    /// <summary>Whose lines become records; empty = standard input, unless records are made up.</summary>
    public IReadOnlyList<FileInfo> Files { get; init; } = [];

    /// <summary>What stands between key and value; empty = lines have no key.</summary>
    public ReadOnlyMemory<byte> KeySeparator { get; init; }

    /// <summary>The value that stands for Kafka's null; null = none does.</summary>
    public ReadOnlyMemory<byte>? NullMarker { get; init; }

    /// <summary>Headers of every record.</summary>
    public RecordHeaders Headers { get; init; } = RecordHeaders.Empty;

    /// <summary>Records a second at most; null = as fast as they are taken.</summary>
    public double? Rate { get; init; }

    /// <summary>How many records at most; null = all.</summary>
    public long? Count { get; init; }

    /// <summary>Bytes of the value of a record that is made up; null = records are lines.</summary>
    public int? Size { get; init; }

    /// <summary>The longest line that can be a record, in bytes.</summary>
    public required long LongestLine { get; init; }
}
