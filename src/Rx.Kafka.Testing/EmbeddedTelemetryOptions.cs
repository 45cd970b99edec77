namespace Rx.Kafka.Testing;

/// <summary>Which metrics embedded brokers ask of their clients (KIP-714), and how.</summary>
public sealed record EmbeddedTelemetryOptions
{
    /// <summary>How the names of the wanted metrics begin; "" or "*" = all, none = no metric is wanted. Default: all.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = ["*"];

    /// <summary>How often they are wanted (<c>interval.ms</c>); one push that comes earlier is refused as THROTTLING_QUOTA_EXCEEDED (89). Default: 5 minutes.</summary>
    public TimeSpan PushInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The most bytes of one push (<c>telemetry.max.bytes</c>), as sent. Default: 1 MiB.</summary>
    public int MaxBytes { get; init; } = 1 << 20;

    /// <summary>Whether sums are wanted since the last push, instead of since they began. Default: true, as Kafka does.</summary>
    public bool DeltaTemporality { get; init; } = true;

    /// <summary>The codecs that are taken, the favourite first. Default: zstd, lz4, gzip, snappy, as Kafka's.</summary>
    public IReadOnlyList<CompressionType> Compression { get; init; } = [CompressionType.Zstd, CompressionType.Lz4, CompressionType.Gzip, CompressionType.Snappy];
}
