using System.Buffers;
using Rx.Kafka.Protocol.Compression;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Telemetry;

/// <summary>What the cluster wants of this client, in values that can be trusted. Control loop.</summary>
internal sealed class TelemetrySubscription
{
    /// <summary>What a broker means that names no time, and how long one that fails is left alone.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(5);

    // Kafka allows none shorter.
    private const int LeastIntervalMs = 100;
    private const string Everything = "*";

    private int _mostBytes;
    private ICompressionCodec? _codec;

    public TelemetrySubscription(GetTelemetrySubscriptionsResponse response)
    {
        Id = response.SubscriptionId;
        IsDelta = response.DeltaTemporality;
        Interval = IntervalOf(response);
        Metrics = [.. TelemetryMetric.All.Where(metric => response.RequestedMetrics.Any(prefix => IsWanted(metric, prefix)))];
        _mostBytes = response.TelemetryMaxBytes;
        _codec = response.AcceptedCompressionTypes
            .Select(static type => BuiltInCodecs.Create((CompressionType)type, level: null))
            .FirstOrDefault(static codec => codec is not null);
    }

    public int Id { get; }

    public bool IsDelta { get; }

    public TimeSpan Interval { get; }

    /// <summary>Which metrics are wanted.</summary>
    public IReadOnlyList<TelemetryMetric> Metrics { get; }

    /// <summary>How long the next request shall wait.</summary>
    public static TimeSpan IntervalOf(GetTelemetrySubscriptionsResponse response) => response.PushIntervalMs > 0
        ? TimeSpan.FromMilliseconds(Math.Max(LeastIntervalMs, response.PushIntervalMs))
        : DefaultInterval;

    /// <summary>The first codec that the broker takes, unless it makes the bytes more.</summary>
    public (CompressionType Type, ReadOnlyMemory<byte> Bytes) Compress(ReadOnlyMemory<byte> plain)
    {
        if (_codec is null || plain.IsEmpty)
        {
            return (CompressionType.None, plain);
        }

        var output = new ArrayBufferWriter<byte>(plain.Length);
        _codec.Compress(new ReadOnlySequence<byte>(plain), output);
        return output.WrittenCount < plain.Length ? (_codec.Type, output.WrittenMemory) : (CompressionType.None, plain);
    }

    /// <summary>Whether a broker takes so many bytes.</summary>
    public bool Fits(int bytes) => bytes <= _mostBytes;

    /// <summary>A broker does not take so many: the next push is at most half as large.</summary>
    public void TooLarge(int bytes) => _mostBytes = Math.Min(_mostBytes, bytes / 2);

    /// <summary>A broker does not know the codec that it, or another one, named.</summary>
    public void GiveUpCodec() => _codec = null;

    private static bool IsWanted(TelemetryMetric metric, string prefix) =>
        prefix.Equals(Everything, StringComparison.Ordinal) || metric.Name.StartsWith(prefix, StringComparison.Ordinal);
}
