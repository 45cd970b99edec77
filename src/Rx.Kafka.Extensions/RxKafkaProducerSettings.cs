namespace Rx.Kafka;

/// <summary>
/// What AddRxKafkaProducer reads from the sections <c>Aspire:Rx:Kafka:Producer</c> and <c>Aspire:Rx:Kafka:Producer:NAME</c>, of which the
/// second wins. Their <c>Config</c> holds the producer's options.
/// </summary>
public sealed class RxKafkaProducerSettings
{
    /// <summary>
    /// The bootstrap servers: <c>host:port</c>, separated by commas. <c>ConnectionStrings:NAME</c> wins over a section. Default null:
    /// those of <c>Config</c>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Whether no health check is added. Default false.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Whether the application's traces do not have the producer's. Default false.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Whether the application's metrics do not have the producer's. Default false.</summary>
    public bool DisableMetrics { get; set; }
}
