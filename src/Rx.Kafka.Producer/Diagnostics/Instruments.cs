using System.Diagnostics.Metrics;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// The instruments of all producers of the process, under one meter that never ends. An exporter keeps one stream for all instruments of a
/// name, and ends it when any of them ends: so none may end with its producer (ADR 33). Each measurement names its client. Any thread.
/// </summary>
internal static class Instruments
{
    private const string ErrorTag = ProducerMetrics.ErrorTag;

    /// <summary>The boundaries that the conventions ask for.</summary>
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    private static readonly double[] ShortSeconds = [0.0005, 0.001, 0.0025, .. Seconds];
    private static readonly double[] Tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

    public static Meter Meter { get; } = new(ProducerMetrics.MeterName);

    public static GateMetrics Gates { get; } = new(Meter);

    public static Counter<long> Acknowledged { get; } = Count(
        "records.acknowledged", "{record}",
        "Records that a broker acknowledged; with acks = 0, records whose bytes left.");

    public static Counter<long> Failed { get; } = Count(
        "records.failed", "{record}",
        $"Accepted records that failed for good; `{ErrorTag}` is the broker's error, else the `ProduceErrorCode`.");

    public static Counter<long> Refused { get; } = Count(
        "records.refused", "{record}",
        $"Records that never came into a batch; `{ErrorTag}` is the `ProduceErrorCode`, or `Cancelled` where the "
            + "caller's token withdrew one that stood in line.");

    public static Counter<long> ObserversFailed { get; } = Count(
        "observers.failed", "{observer}",
        "Observers that threw and were detached.");

    public static Counter<long> Retried { get; } = Count(
        "batches.retried", "{batch}",
        $"Attempts to send a batch that failed and are made again; `{ErrorTag}` is why.");

    public static Counter<long> Expired { get; } = Count(
        "batches.expired", "{batch}",
        $"Batches that were not acknowledged within `DeliveryTimeout`; `{ErrorTag}` is why their last attempt failed, "
            + "if one did.");

    public static Counter<long> Split { get; } = Count(
        "batches.split", "{batch}",
        "Batches that a broker found too large and that were sent again in parts.");

    public static Counter<long> ConnectionsOpened { get; } = Count(
        "connections.opened", "{connection}",
        "Connections that were made and got through their handshake.");

    public static Counter<long> ConnectionsFailed { get; } = Count(
        "connections.failed", "{connection}",
        "Attempts to make a connection that failed.");

    public static Counter<long> ConnectionsLost { get; } = Count(
        "connections.lost", "{connection}",
        "Connections that ended while requests waited: closed by the broker, broken, or given up because no answer "
            + "came in time.");

    public static Counter<long> ClosedWhileIdle { get; } = Count(
        "connections.closed_while_idle", "{connection}",
        "Connections that a broker or the network closed while no request waited; the next one is made when it is "
            + "needed.");

    public static Counter<long> Throttles { get; } = Count(
        "throttles", "{answer}",
        "Answers by which a broker, because of a quota, held this client back.");

    public static Counter<double> ThrottleTime { get; } = Meter.CreateCounter<double>(
        "kafka.producer.throttle.time", "s",
        "How long brokers wanted this client to be silent, in sum.");

    public static Counter<long> ProducerIds { get; } = Count(
        "producer_ids", "{id}",
        "Producer ids that the cluster handed out.");

    public static Counter<long> EpochBumps { get; } = Count(
        "epoch.bumps", "{bump}",
        "How often a partition began again under the next epoch of its producer id, or under another id.");

    public static Counter<long> SentMessages { get; } = Meter.CreateCounter<long>(
        "messaging.client.sent.messages", "{message}",
        $"Records that came into a batch and have their outcome, by topic; `{ErrorTag}` where they failed.");

    public static Histogram<double> OperationDuration { get; } = New(
        "messaging.client.operation.duration", "s", Seconds,
        $"From the first record of a batch to the batch's outcome, once per batch, by topic; `{ErrorTag}` where it "
            + "failed.");

    public static Counter<long> BytesSent { get; } = Meter.CreateCounter<long>(
        "kafka.producer.bytes.sent", "By",
        "Bytes of batches that were handed to a connection, as they are on the wire, by topic; those sent again count"
            + " again.");

    public static Histogram<int> BatchSize { get; } = New(
        "kafka.producer.batch.size", "By", [256, 1024, 4096, 16384, 65536, 262144, 1048576],
        "Bytes of a batch on the wire, when it is sent for the first time, by topic.");

    public static Histogram<int> BatchRecords { get; } = New(
        "kafka.producer.batch.records", "{record}", [1, 3, 10, 30, 100, 300, 1000, 3000, 10000],
        "Records of a batch, when it is sent for the first time, by topic.");

    public static Histogram<double> BatchFill { get; } = New(
        "kafka.producer.batch.fill", "1", Tenths,
        "How full a batch is: its bytes on the wire by what its topic takes (`BatchSize`, or less). A record larger "
            + "than that makes it more than 1.");

    public static Histogram<double> CompressionRatio { get; } = New(
        "kafka.producer.batch.compression_ratio", "1", Tenths,
        "Bytes of a batch on the wire by its bytes before the codec; 1 = not compressed.");

    public static Histogram<double> QueueTime { get; } = New(
        "kafka.producer.batch.queue_time", "s", ShortSeconds,
        "From the first record of a batch until it is sent for the first time: linger, codec, back-pressure.");

    public static Histogram<double> RequestDuration { get; } = New(
        "kafka.producer.request.duration", "s", ShortSeconds,
        "From a Produce request's hand-over to a connection until its answer, by broker (`server.address`, "
            + "`server.port`). With acks = 0 until its bytes left.");

    public static Histogram<int> RequestSize { get; } = New(
        "kafka.producer.request.size", "By", [1024, 16384, 65536, 262144, 1048576, 4194304],
        "Bytes of the batches in a Produce request, by broker.");

    private static Counter<long> Count(string name, string unit, string description) =>
        Meter.CreateCounter<long>($"kafka.producer.{name}", unit, description);

    private static Histogram<T> New<T>(string name, string unit, T[] boundaries, string description)
        where T : struct => Meter.CreateHistogram(name, unit, description, tags: null, new InstrumentAdvice<T>
        {
            HistogramBucketBoundaries = boundaries,
        });
}
