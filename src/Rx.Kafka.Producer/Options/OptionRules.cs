using System.Globalization;
using System.Text;
using Rx.Kafka.Network.Security;

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

        if (SecurityProtocols.AddressFault(options, SecurityProtocols.Of(options)) is { } contradiction)
        {
            faults.Add(contradiction);
        }

        // A transport of the user's makes its connections as it likes, so its files are its own matter.
        if (options is { Transport: null, Security.Tls: { } tls })
        {
            faults.AddRange(TlsRules.Faults(tls).Select(static fault => $"Security.Tls: {fault}"));
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

        // Next to one that holds a password others may be parts of it, where its comma was taken for the list's.
        var isSecret = options.BootstrapServers.Any(static text => text?.AsSpan().ContainsAny('@', '=') == true);
        var faults = new List<string>();
        for (var i = 0; i < options.BootstrapServers.Count; i++)
        {
            var text = options.BootstrapServers[i];
            if (BootstrapServer.TryParse(text, out _) is { } fault)
            {
                faults.Add(!isSecret && !BootstrapServer.MayHoldSecret(text) ? $"'{text}' {fault}" : string.Create(
                    CultureInfo.InvariantCulture, $"entry {i + 1} {(BootstrapServer.MayHoldSecret(text) ? fault : "is no host:port")}"));
            }
        }

        return faults.Count == 0 ? null : $"is faulty: {string.Join("; ", faults)}";
    }

    public static string? ClientIdFault(KafkaProducerOptions options)
    {
        var bytes = Encoding.UTF8.GetByteCount(options.ClientId ?? string.Empty);
        return (options.ClientId ?? string.Empty).Any(char.IsControl) ? "holds a control character; write letters, digits, '.', '_' and '-'"
            : bytes <= LongestClientId ? null
            : string.Create(CultureInfo.InvariantCulture, $"has {bytes} bytes; it must have at most {LongestClientId}");
    }

    public static string? RuntimeFault(KafkaProducerOptions options) => options.Runtime switch
    {
        null => "is null; leave it out for the system's own",
        { TaskScheduler: null } => "has no TaskScheduler; leave it out for the thread pool",
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
        ([nameof(options.PartitionerRackAware), nameof(options.ClientRack)], () => RackFault(options)),
    ];

    private static string? RackFault(KafkaProducerOptions options) =>
        options.PartitionerRackAware && string.IsNullOrWhiteSpace(options.ClientRack)
            ? "PartitionerRackAware (partitioner.rack.aware) is true but ClientRack (client.rack) is empty: set it to the broker.rack of "
                + "the brokers near this client, or leave PartitionerRackAware out"
            : null;

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
