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
        var faulty = new HashSet<string?>(StringComparer.Ordinal);
        foreach (var row in OptionTable.Rows)
        {
            if (row.Check(options) is { } fault)
            {
                faults.Add($"{row.Name} {fault}");
                faulty.Add(row.Property);
            }
        }

        // A rule compares values, which means nothing before each of them is valid.
        faults.AddRange(
            from rule in IdempotenceRules(options).Concat(SizeAndTimeRules(options))
            where !rule.Needs.Any(faulty.Contains)
            select rule.Fault() into fault
            where fault is not null
            select fault);
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

    public static string? InterceptorsFault(KafkaProducerOptions options) => options.Interceptors switch
    {
        null => "is null; leave it out for none",
        var all when all.Contains(null!) => "has a null; leave it out",
        _ => null,
    };

    private static IEnumerable<(string[] Needs, Func<string?> Fault)> IdempotenceRules(KafkaProducerOptions options) =>
        from conflict in options.IdempotenceConflicts
        where options.EnableIdempotence == true
        let fault = $"EnableIdempotence (enable.idempotence) is true but {conflict.Remedy}, or leave EnableIdempotence unset"
        select (new[] { conflict.Property }, (Func<string?>)(() => fault));

    private static IEnumerable<(string[] Needs, Func<string?> Fault)> SizeAndTimeRules(KafkaProducerOptions options) =>
    [
        ([nameof(options.DeliveryTimeout), nameof(options.Linger), nameof(options.RequestTimeout)], () => DeliveryTimeoutFault(options)),
        ([nameof(options.BatchSize), nameof(options.MaxRequestSize)], () => BatchSizeFault(options)),
        ([nameof(options.BufferMemory), nameof(options.BatchSize)], () => BufferMemoryFault(options)),
    ];

    private static string? DeliveryTimeoutFault(KafkaProducerOptions options) =>
        options.DeliveryTimeout < options.LeastDeliveryTimeout
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"DeliveryTimeout (delivery.timeout.ms) is {options.DeliveryTimeout.Value.TotalMilliseconds} ms; it must be at least "
                + $"Linger + RequestTimeout (linger.ms + request.timeout.ms) = {options.LeastDeliveryTimeout.TotalMilliseconds} ms: "
                + $"raise it, lower these, or leave it unset")
            : null;

    private static string? BatchSizeFault(KafkaProducerOptions options) =>
        options.BatchSize > options.MaxRequestSize
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"BatchSize (batch.size) is {options.BatchSize}; it must be at most MaxRequestSize (max.request.size) = "
                + $"{options.MaxRequestSize}: lower it or raise MaxRequestSize")
            : null;

    private static string? BufferMemoryFault(KafkaProducerOptions options) =>
        options.BufferMemory < 2L * options.EffectiveChunkSize
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"BufferMemory (buffer.memory) is {options.BufferMemory}; it must be at least two chunks of "
                + $"{options.EffectiveChunkSize} bytes (BatchSize clamped to 4 to 64 KiB) = {2L * options.EffectiveChunkSize}: raise it "
                + $"or lower BatchSize")
            : null;
}
