using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>GetTelemetrySubscriptions 0: which metrics are wanted.</summary>
internal static class GetTelemetrySubscriptionsAnswer
{
    public static void Write(AnswerContext context, ref WireReader reader)
    {
        var client = reader.Uuid();
        reader.Tags(flexible: true);
        reader.End();
        var telemetry = context.Cluster.Telemetry;
        var wanted = telemetry.Subscription;
        var isNew = client == Guid.Empty;
        client = isNew ? context.Cluster.NewUuid() : client;
        telemetry.Asked(client);
        var writer = context.Writer;
        writer.Int32(context.Plan.ThrottleMs);
        writer.Int16(context.Plan.Error);
        writer.Uuid(isNew ? client : Guid.Empty);
        writer.Int32(telemetry.SubscriptionId);
        writer.Count(wanted.Compression.Count, flexible: true);
        foreach (var codec in wanted.Compression)
        {
            writer.Int8((sbyte)codec);
        }

        writer.Int32((int)wanted.PushInterval.TotalMilliseconds);
        writer.Int32(wanted.MaxBytes);
        writer.Bool(wanted.DeltaTemporality);
        writer.Count(wanted.Metrics.Count, flexible: true);
        foreach (var prefix in wanted.Metrics)
        {
            writer.String(prefix, flexible: true);
        }

        writer.NoTags(flexible: true);
    }
}

/// <summary>PushTelemetry 0: checked as Kafka checks it, then kept for the test.</summary>
internal static class PushTelemetryAnswer
{
    private const long MostBytes = 64 << 20;

    public static void Write(AnswerContext context, ReadOnlySpan<byte> body, ref WireReader reader)
    {
        var client = reader.Uuid();
        var subscription = reader.Int32();
        var isTerminating = reader.Bool();
        var codec = reader.Int8();
        var metrics = reader.Bytes(flexible: true) is { } range ? body[range] : throw new WireException("The metrics of a push are null.");
        reader.Tags(flexible: true);
        reader.End();
        var push = new ReceivedTelemetry(
            context.Broker.Id, client, subscription, isTerminating, (CompressionType)codec, ReadOnlyMemory<byte>.Empty, context.Cluster.Time.GetUtcNow());
        var error = context.Plan.Error != 0 ? context.Plan.Error : Take(context.Cluster.Telemetry, push, metrics);
        var writer = context.Writer;
        writer.Int32(context.Plan.ThrottleMs);
        writer.Int16(error);
        writer.NoTags(flexible: true);
    }

    private static short Take(EmbeddedTelemetry telemetry, ReceivedTelemetry push, ReadOnlySpan<byte> metrics)
    {
        var wanted = telemetry.Subscription;
        if (push.ClientInstanceId == Guid.Empty)
        {
            return ErrorCode.InvalidRequest;
        }

        if (!push.IsTerminating && telemetry.IsTooEarly(push.ClientInstanceId, push.At))
        {
            return ErrorCode.ThrottlingQuotaExceeded;
        }

        if (push.SubscriptionId != telemetry.SubscriptionId)
        {
            return ErrorCode.UnknownSubscriptionId;
        }

        if (push.Compression != CompressionType.None && !wanted.Compression.Contains(push.Compression))
        {
            return ErrorCode.UnsupportedCompressionType;
        }

        if (metrics.Length > wanted.MaxBytes)
        {
            return ErrorCode.TelemetryTooLarge;
        }

        try
        {
            telemetry.Take(push with { Metrics = Decompressor.Decompress((int)push.Compression, metrics, MostBytes) });
            return ErrorCode.None;
        }
        catch (InvalidDataException)
        {
            return ErrorCode.InvalidRecord;
        }
    }
}
