using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rx.Kafka.Health;

/// <summary>What a check says of what it has seen: a sentence, and the figures.</summary>
internal static class HealthText
{
    public static string Describe(ProducerStatus seen, TimeSpan waited, HealthStatus status)
    {
        if (seen.FatalError is { } error)
        {
            return $"The producer has ended and must be replaced: {error.Message}";
        }

        if (seen.IsDisposed)
        {
            return "The producer was disposed.";
        }

        if (status == HealthStatus.Healthy)
        {
            return "Records come through.";
        }

        var oldest = seen.OldestRecordAge > TimeSpan.Zero
            ? $"The oldest record without outcome is {Seconds(seen.OldestRecordAge)} s old"
            : "No record is without outcome";
        var waiting = seen.WaitingRecords + seen.BlockedCallers > 0
            ? waited > TimeSpan.Zero ? $"records or callers waited at each look for {Seconds(waited)} s" : "records or callers wait"
            : "nobody waits";
        var unreachable = seen.Brokers
            .Where(static broker => !broker.IsConnected)
            .Select(static broker => broker.LastFailure is { } failure ? $"{broker.EndPoint} ({failure})" : broker.EndPoint)
            .ToList();
        var brokers = seen.Brokers.Count == 0 ? "; no broker is known"
            : unreachable.Count == 0 ? string.Empty
            : $"; not connected: {string.Join(", ", unreachable)}";
        return $"{oldest}; {waiting}{brokers}.";
    }

    /// <summary>What a look says that sees better than what is still told.</summary>
    public static string Held(string now, TimeSpan recoverAfter, TimeSpan ago, string? bad) =>
        $"{now} The status is held until nothing as bad was seen for {Seconds(recoverAfter)} s (RecoverAfter); "
            + $"{Seconds(ago)} s ago: {bad}";

    public static IReadOnlyDictionary<string, object> Data(ProducerStatus seen)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["bufferMemory"] = seen.BufferMemory,
            ["bufferUsed"] = seen.BufferUsed,
            ["waitingRecords"] = seen.WaitingRecords,
            ["blockedCallers"] = seen.BlockedCallers,
            ["openBatches"] = seen.OpenBatches,
            ["undecidedBatches"] = seen.UndecidedBatches,
            ["unobservedDeliveries"] = seen.UnobservedDeliveries,
            ["oldestRecordAgeSeconds"] = seen.OldestRecordAge.TotalSeconds,
        };
        if (seen.SinceMetadata is { } since)
        {
            data["sinceMetadataSeconds"] = since.TotalSeconds;
        }

        foreach (var broker in seen.Brokers)
        {
            data[string.Create(CultureInfo.InvariantCulture, $"broker.{broker.Id}")] = broker.ToString();
        }

        if (seen.FatalError is { } error)
        {
            data["fatalError"] = error.ToString();
        }

        return data;
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
