using System.Globalization;

namespace Rx.Kafka.Options;

/// <summary>
/// What the options mean together (the Java producer's interdependency rules): the core reads these where they differ from what was set.
/// </summary>
internal static class EffectiveOptions
{
    private const int MostInFlightWithIdempotence = 5;
    private static readonly TimeSpan DefaultDeliveryTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan DefaultReconnectBackoffMax = TimeSpan.FromSeconds(1);

    private static int _clients;

    /// <summary>The longest duration an option may have; sums stop here.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromMilliseconds(int.MaxValue);

    extension(KafkaProducerOptions options)
    {
        /// <summary>Whether a producer id is asked for and batches are numbered.</summary>
        public bool EffectiveIdempotence => options.EnableIdempotence ?? !options.IdempotenceConflicts.Any();

        /// <summary>What forbids idempotence: each property, and the remedy.</summary>
        public IEnumerable<(string Property, string Remedy)> IdempotenceConflicts
        {
            get
            {
                if (options.RequiredAcks != RequiredAcks.All)
                {
                    yield return (nameof(options.RequiredAcks), $"RequiredAcks (acks) is {options.RequiredAcks}: set it to All");
                }

                if (options.Retries <= 0)
                {
                    yield return (nameof(options.Retries), string.Create(
                        CultureInfo.InvariantCulture, $"Retries (retries) is {options.Retries}: set it to at least 1"));
                }

                if (options.MaxInFlightRequestsPerConnection > MostInFlightWithIdempotence)
                {
                    yield return (nameof(options.MaxInFlightRequestsPerConnection), string.Create(
                        CultureInfo.InvariantCulture,
                        $"MaxInFlightRequestsPerConnection (max.in.flight.requests.per.connection) is "
                        + $"{options.MaxInFlightRequestsPerConnection}: set it to at most {MostInFlightWithIdempotence}"));
                }
            }
        }

        /// <summary>The least that <see cref="KafkaProducerOptions.DeliveryTimeout"/> may be.</summary>
        public TimeSpan LeastDeliveryTimeout => Min(options.Linger + options.RequestTimeout, Longest);

        public TimeSpan EffectiveDeliveryTimeout => options.DeliveryTimeout ?? Max(DefaultDeliveryTimeout, options.LeastDeliveryTimeout);

        public bool DeliveryTimeoutIsRaised => options.DeliveryTimeout is null && options.LeastDeliveryTimeout > DefaultDeliveryTimeout;

        public TimeSpan EffectiveReconnectBackoffMax =>
            options.ReconnectBackoffMax ?? (options.ReconnectBackoffIsSet ? options.ReconnectBackoff : DefaultReconnectBackoffMax);

        public TimeSpan EffectiveReconnectBackoff => Min(options.ReconnectBackoff, options.EffectiveReconnectBackoffMax);

        public TimeSpan EffectiveRetryBackoff => Min(options.RetryBackoff, options.RetryBackoffMax);

        public TimeSpan EffectiveConnectionSetupTimeout => Min(options.ConnectionSetupTimeout, options.ConnectionSetupTimeoutMax);

        /// <summary>Zero = no broker is left out.</summary>
        public TimeSpan EffectivePartitionAvailabilityTimeout =>
            options.AdaptivePartitioning ? options.PartitionAvailabilityTimeout : TimeSpan.Zero;

        /// <summary>The codecs of batches; null = they go plain.</summary>
        public Compression? EffectiveCompression => options.Compression.Types is [CompressionType.None, ..] ? null : options.Compression;

        /// <summary>The size of one pooled chunk of batch memory.</summary>
        public int EffectiveChunkSize => Math.Clamp(options.BatchSize, 4 * 1024, 64 * 1024);

        /// <summary>The bootstrap addresses in their order, each once; for options that are valid.</summary>
        public IReadOnlyList<BootstrapServer> EffectiveBootstrapServers =>
            [.. options.BootstrapServers.Select(Parsed).Distinct()];

        /// <summary>The client's name; each call without a name of the user's makes a new one, so the producer asks once.</summary>
        public string EffectiveClientId() => string.IsNullOrEmpty(options.ClientId)
            ? string.Create(CultureInfo.InvariantCulture, $"rx-kafka-{Interlocked.Increment(ref _clients)}")
            : options.ClientId;

        /// <summary>A validated copy that later changes of the original do not reach.</summary>
        public KafkaProducerOptions Frozen()
        {
            options.Validate();
            return options with { BootstrapServers = [.. options.BootstrapServers] };
        }
    }

    private static BootstrapServer Parsed(string text) =>
        BootstrapServer.TryParse(text, out var server) is { } fault ? throw new ArgumentException(fault, nameof(text)) : server;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
