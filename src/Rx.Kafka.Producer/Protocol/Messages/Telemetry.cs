namespace Rx.Kafka.Protocol.Messages;

/// <summary>Asks which metrics the cluster wants of this client (KIP-714).</summary>
internal static class GetTelemetrySubscriptionsRequest
{
    /// <summary>Writes the body of version 0.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="clientInstanceId">Empty in the first request: the broker gives one then.</param>
    public static void Write(ref KafkaWriter w, Guid clientInstanceId)
    {
        w.Uuid(clientInstanceId);
        w.NoTags(flexible: true);
    }
}

/// <summary>Which metrics the cluster wants, how often and how.</summary>
internal sealed class GetTelemetrySubscriptionsResponse
{
    private const int MostPrefixes = 10_000;
    private const int MostCodecs = 128;

    public required int ThrottleTimeMs { get; init; }

    public required short ErrorCode { get; init; }

    /// <summary>What the broker calls this client; empty where the request had an id.</summary>
    public required Guid ClientInstanceId { get; init; }

    public required int SubscriptionId { get; init; }

    /// <summary>Kafka's numbers of codecs, the broker's favourite first.</summary>
    public required IReadOnlyList<sbyte> AcceptedCompressionTypes { get; init; }

    public required int PushIntervalMs { get; init; }

    public required int TelemetryMaxBytes { get; init; }

    /// <summary>Whether sums are told since the last push, instead of since they began.</summary>
    public required bool DeltaTemporality { get; init; }

    /// <summary>How the names of wanted metrics begin; none = no metric is wanted.</summary>
    public required IReadOnlyList<string> RequestedMetrics { get; init; }

    /// <summary>Reads the answer of version 0.</summary>
    /// <exception cref="MalformedDataException">The bytes are no such answer.</exception>
    public static GetTelemetrySubscriptionsResponse Read(ref KafkaReader r)
    {
        var response = new GetTelemetrySubscriptionsResponse
        {
            ThrottleTimeMs = r.Int32(),
            ErrorCode = r.Int16(),
            ClientInstanceId = r.Uuid(),
            SubscriptionId = r.Int32(),
            AcceptedCompressionTypes = Codecs(ref r),
            PushIntervalMs = r.Int32(),
            TelemetryMaxBytes = r.Int32(),
            DeltaTemporality = r.Bool(),
            RequestedMetrics = Prefixes(ref r),
        };
        r.SkipTags(flexible: true);
        return response;
    }

    private static sbyte[] Codecs(ref KafkaReader r)
    {
        var codecs = new sbyte[Count(ref r, MostCodecs)];
        foreach (ref var codec in codecs.AsSpan())
        {
            codec = r.Int8();
        }

        return codecs;
    }

    private static string[] Prefixes(ref KafkaReader r)
    {
        var prefixes = new string[Count(ref r, MostPrefixes)];
        foreach (ref var prefix in prefixes.AsSpan())
        {
            prefix = r.RequiredString(flexible: true);
        }

        return prefixes;
    }

    // A byte on the wire may cost eight here, so the count has a limit of its own.
    private static int Count(ref KafkaReader r, int most)
    {
        var count = r.ArrayLength(flexible: true, minimumElementBytes: 1);
        return count <= most ? Math.Max(0, count) : throw r.Malformed($"a subscription of {count} elements, more than {most}, cannot be");
    }
}

/// <summary>The metrics of a client, for whoever collects them at the broker.</summary>
/// <param name="ClientInstanceId">What the brokers call this client.</param>
/// <param name="SubscriptionId">Which subscription this serves.</param>
/// <param name="Terminating">Whether it is the last push: the client ends.</param>
/// <param name="Compression">The codec of the metrics.</param>
/// <param name="Metrics">MetricsData v1 of OTLP, compressed.</param>
internal readonly record struct PushTelemetryRequest(
    Guid ClientInstanceId, int SubscriptionId, bool Terminating, CompressionType Compression, ReadOnlyMemory<byte> Metrics)
{
    /// <summary>Writes the body of version 0.</summary>
    public void Write(ref KafkaWriter w)
    {
        w.Uuid(ClientInstanceId);
        w.Int32(SubscriptionId);
        w.Bool(Terminating);
        w.Int8((sbyte)Compression); // CompressionType
        w.RecordsLength(Metrics.Length, flexible: true); // compact bytes, as records are
        w.Raw(Metrics.Span);
        w.NoTags(flexible: true);
    }
}

/// <summary>Whether a broker took a push.</summary>
internal readonly record struct PushTelemetryResponse(int ThrottleTimeMs, short ErrorCode)
{
    /// <summary>Reads the answer of version 0.</summary>
    /// <exception cref="MalformedDataException">The bytes are no such answer.</exception>
    public static PushTelemetryResponse Read(ref KafkaReader r)
    {
        var response = new PushTelemetryResponse(r.Int32(), r.Int16());
        r.SkipTags(flexible: true);
        return response;
    }
}
