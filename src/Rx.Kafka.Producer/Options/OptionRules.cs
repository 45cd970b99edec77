using System.Globalization;
using System.Text;

namespace Rx.Kafka.Options;

/// <summary>What makes options invalid. Every fault names the value, the limit and the remedy, and all are found at once.</summary>
internal static class OptionRules
{
    private const int LongestClientId = short.MaxValue;

    /// <summary>All faults: first of the single options, then of those that hang together.</summary>
    public static IReadOnlyList<string> Faults(KafkaProducerOptions options)
    {
        var faults = new List<string>();
        foreach (var row in OptionTable.Rows)
        {
            if (row.Check(options) is { } fault)
            {
                faults.Add($"{row.Name} {fault}");
            }
        }

        // Rules compare values, which means nothing before each of them is valid.
        faults.AddRange(faults.Count == 0 ? RuleFaults(options) : []);
        return faults;
    }

    /// <summary>One exception for all faults, none for none.</summary>
    public static void ThrowIfAny(string opening, IReadOnlyList<string> faults, string? parameter = null)
    {
        if (faults.Count == 0)
        {
            return;
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"{opening} {faults.Count} "
            + $"{(faults.Count == 1 ? "fault" : "faults")}:{Environment.NewLine}- {string.Join($"{Environment.NewLine}- ", faults)}");
        throw new ArgumentException(text, parameter);
    }

    public static string? BootstrapFault(KafkaProducerOptions options)
    {
        if (options.BootstrapServers.Count == 0)
        {
            return "is empty; give at least one host:port";
        }

        var faults = options.BootstrapServers
            .Select(text => BootstrapServer.TryParse(text, out _) is { } fault ? $"'{text}' {fault}" : null)
            .OfType<string>()
            .ToList();
        return faults.Count == 0 ? null : $"is faulty: {string.Join("; ", faults)}";
    }

    public static string? ClientIdFault(KafkaProducerOptions options)
    {
        var bytes = Encoding.UTF8.GetByteCount(options.ClientId ?? string.Empty);
        return bytes <= LongestClientId
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"has {bytes} bytes; it must have at most {LongestClientId}");
    }

    public static string? RuntimeFault(KafkaProducerOptions options) => options.Runtime switch
    {
        null => "is null; leave it out for the system's own",
        { Scheduler: null } => "has no Scheduler; leave it out for the thread pool",
        { Random: null } => "has no Random; leave it out for Random.Shared",
        _ => null,
    };

    private static IEnumerable<string> RuleFaults(KafkaProducerOptions options)
    {
        if (options.EnableIdempotence == true)
        {
            foreach (var conflict in options.IdempotenceConflicts)
            {
                yield return $"EnableIdempotence (enable.idempotence) is true but {conflict}, or leave EnableIdempotence unset";
            }
        }

        if (options.DeliveryTimeout < options.LeastDeliveryTimeout)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"DeliveryTimeout (delivery.timeout.ms) is {options.DeliveryTimeout.Value.TotalMilliseconds} ms; it must be at least "
                + $"Linger + RequestTimeout (linger.ms + request.timeout.ms) = {options.LeastDeliveryTimeout.TotalMilliseconds} ms: "
                + $"raise it, lower these, or leave it unset");
        }

        if (options.BatchSize > options.MaxRequestSize)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"BatchSize (batch.size) is {options.BatchSize}; it must be at most MaxRequestSize (max.request.size) = "
                + $"{options.MaxRequestSize}: lower it or raise MaxRequestSize");
        }

        if (options.BufferMemory < 2L * options.EffectiveChunkSize)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"BufferMemory (buffer.memory) is {options.BufferMemory}; it must be at least two chunks of "
                + $"{options.EffectiveChunkSize} bytes (BatchSize clamped to 4 to 64 KiB) = {2L * options.EffectiveChunkSize}: raise it "
                + $"or lower BatchSize");
        }
    }
}
