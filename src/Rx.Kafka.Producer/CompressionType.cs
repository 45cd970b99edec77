namespace Rx.Kafka;

/// <summary>The codecs of Kafka, with the numbers that a batch's attributes carry.</summary>
public enum CompressionType
{
    /// <summary>Not compressed (<c>none</c>).</summary>
    None = 0,

    /// <summary>gzip, the slowest of the four.</summary>
    Gzip = 1,

    /// <summary>Snappy, in chunks of the xerial format.</summary>
    Snappy = 2,

    /// <summary>LZ4, in frames of independent blocks of 64 KiB.</summary>
    Lz4 = 3,

    /// <summary>Zstandard; brokers take it since Kafka 2.1 (Produce 7).</summary>
    Zstd = 4,
}
