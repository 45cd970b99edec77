using System.Diagnostics.Metrics;

namespace Rx.Kafka.Diagnostics;

/// <summary>
/// What goes through a producer, in numbers: measured per batch and per request, on the loop that owns it. With nobody listening a
/// measurement is a look at a flag; with a listener it allocates nothing of ours. Names and attributes are those of OpenTelemetry's
/// messaging conventions (1.44.0) where these have one.
/// </summary>
internal sealed class TrafficMetrics
{
    public const string SystemTag = "messaging.system";

    public const string OperationTag = "messaging.operation.name";

    public const string OperationTypeTag = "messaging.operation.type";

    public const string TopicTag = "messaging.destination.name";

    public const string Kafka = "kafka";

    public const string Send = "send";

    private static readonly KeyValuePair<string, object?> MessagingSystem = new(SystemTag, Kafka);
    private static readonly KeyValuePair<string, object?> Operation = new(OperationTag, Send);
    private static readonly KeyValuePair<string, object?> OperationType = new(OperationTypeTag, Send);

    /// <summary>The boundaries that the conventions ask for.</summary>
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    private static readonly double[] ShortSeconds = [0.0005, 0.001, 0.0025, .. Seconds];
    private static readonly double[] Tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

    private readonly TimeProvider _time;
    private readonly ListenerGuard _guard;
    private readonly KeyValuePair<string, object?> _client;
    private readonly Counter<long> _messages;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _bytes;
    private readonly Histogram<int> _batchBytes;
    private readonly Histogram<int> _batchRecords;
    private readonly Histogram<double> _batchFill;
    private readonly Histogram<double> _compressed;
    private readonly Histogram<double> _queued;
    private readonly Histogram<double> _requests;
    private readonly Histogram<int> _requestBytes;

    public TrafficMetrics(Meter meter, KeyValuePair<string, object?> client, TimeProvider time, ListenerGuard guard)
    {
        (_time, _guard) = (time, guard);
        _client = client;
        _messages = meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Records that came into a batch and have "
            + $"their outcome, by topic; `{ProducerMetrics.ErrorTag}` where they failed.");
        _duration = New(meter, "messaging.client.operation.duration", "s", Seconds, "From the first record of a batch to the batch's "
            + $"outcome, once per batch, by topic; `{ProducerMetrics.ErrorTag}` where it failed.");
        _bytes = meter.CreateCounter<long>("kafka.producer.bytes.sent", "By", "Bytes of batches that were handed to a connection, as "
            + "they are on the wire, by topic; those sent again count again.");
        _batchBytes = New(meter, "kafka.producer.batch.size", "By", [256, 1024, 4096, 16384, 65536, 262144, 1048576], "Bytes of a batch "
            + "on the wire, when it is sent for the first time, by topic.");
        _batchRecords = New(meter, "kafka.producer.batch.records", "{record}", [1, 3, 10, 30, 100, 300, 1000, 3000, 10000], "Records of "
            + "a batch, when it is sent for the first time, by topic.");
        _batchFill = New(meter, "kafka.producer.batch.fill", "1", Tenths, "How full a batch is: its bytes on the wire by what its topic "
            + "takes (`BatchSize`, or less). A record larger than that makes it more than 1.");
        _compressed = New(meter, "kafka.producer.batch.compression_ratio", "1", Tenths, "Bytes of a batch on the wire by its bytes "
            + "before the codec; 1 = not compressed.");
        _queued = New(meter, "kafka.producer.batch.queue_time", "s", ShortSeconds, "From the first record of a batch until it is sent "
            + "for the first time: linger, codec, back-pressure.");
        _requests = New(meter, "kafka.producer.request.duration", "s", ShortSeconds, "From a Produce request's hand-over to a "
            + "connection until its answer, by broker (`server.address`, `server.port`). With acks = 0 until its bytes left.");
        _requestBytes = New(meter, "kafka.producer.request.size", "By", [1024, 16384, 65536, 262144, 1048576, 4194304], "Bytes of the "
            + "batches in a Produce request, by broker.");
    }

    /// <summary>A batch was handed to a connection. Loop.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="sent">What it is.</param>
    /// <param name="isFirst">Whether it was not sent before.</param>
    public void Sent(string topic, in SentBatch sent, bool isFirst)
    {
        _guard.Add(_bytes, sent.WireBytes, _client, Topic(topic));
        if (!isFirst)
        {
            return;
        }

        _guard.Record(_batchBytes, sent.WireBytes, _client, Topic(topic));
        _guard.Record(_batchRecords, sent.Records, _client, Topic(topic));
        _guard.Record(_batchFill, (double)sent.WireBytes / sent.Limit, _client, Topic(topic));
        _guard.Record(_compressed, (double)sent.WireBytes / sent.PlainBytes, _client, Topic(topic));
        if (_queued.Enabled)
        {
            _guard.Record(_queued, _time.GetElapsedTime(sent.OpenedAt).TotalSeconds, _client, Topic(topic));
        }
    }

    /// <summary>A batch has its outcome. Loop.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="records">How many it has.</param>
    /// <param name="openedAt">When its first record came.</param>
    /// <param name="error">The error's name; null = it was acknowledged.</param>
    public void Decided(string topic, int records, long openedAt, string? error)
    {
        if (!_messages.Enabled && !_duration.Enabled)
        {
            return;
        }

        var seconds = _time.GetElapsedTime(openedAt).TotalSeconds;
        if (error is null)
        {
            _guard.Add(_messages, records, MessagingSystem, Operation, OperationType, _client, Topic(topic));
            _guard.Record(_duration, seconds, MessagingSystem, Operation, OperationType, _client, Topic(topic));
        }
        else
        {
            var failed = new KeyValuePair<string, object?>(ProducerMetrics.ErrorTag, error);
            _guard.Add(_messages, records, MessagingSystem, Operation, OperationType, _client, Topic(topic), failed);
            _guard.Record(_duration, seconds, MessagingSystem, Operation, OperationType, _client, Topic(topic), failed);
        }
    }

    /// <summary>A request was answered. Loop.</summary>
    public void Answered(BrokerTags broker, int bytes, long sentAt)
    {
        if (_requests.Enabled)
        {
            _guard.Record(_requests, _time.GetElapsedTime(sentAt).TotalSeconds, _client, broker.Address, broker.Port);
        }

        _guard.Record(_requestBytes, bytes, _client, broker.Address, broker.Port);
    }

    private static KeyValuePair<string, object?> Topic(string topic) => new(TopicTag, topic);

    private static Histogram<T> New<T>(Meter meter, string name, string unit, T[] boundaries, string description)
        where T : struct => meter.CreateHistogram(name, unit, description, tags: null, new InstrumentAdvice<T>
        {
            HistogramBucketBoundaries = boundaries,
        });
}

/// <summary>What is measured of a batch that was sent.</summary>
/// <param name="Records">How many.</param>
/// <param name="WireBytes">Its bytes as they are sent.</param>
/// <param name="PlainBytes">Its bytes before the codec.</param>
/// <param name="Limit">How large it might have been.</param>
/// <param name="OpenedAt">When its first record came.</param>
internal readonly record struct SentBatch(int Records, int WireBytes, int PlainBytes, int Limit, long OpenedAt);

/// <summary>A broker's address as attributes, boxed once.</summary>
internal sealed class BrokerTags(string host, int port)
{
    public const string AddressTag = "server.address";

    public const string PortTag = "server.port";

    public KeyValuePair<string, object?> Address { get; } = new(AddressTag, host);

    public KeyValuePair<string, object?> Port { get; } = new(PortTag, port);
}
