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

    private readonly TimeProvider _time;
    private readonly ListenerGuard _guard;
    private readonly KeyValuePair<string, object?> _client;

    public TrafficMetrics(KeyValuePair<string, object?> client, TimeProvider time, ListenerGuard guard) =>
        (_client, _time, _guard) = (client, time, guard);

    /// <summary>A batch was handed to a connection. Loop.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="sent">What it is.</param>
    /// <param name="isFirst">Whether it was not sent before.</param>
    public void Sent(string topic, in SentBatch sent, bool isFirst)
    {
        _guard.Add(Instruments.BytesSent, sent.WireBytes, _client, Topic(topic));
        if (!isFirst)
        {
            return;
        }

        _guard.Record(Instruments.BatchSize, sent.WireBytes, _client, Topic(topic));
        _guard.Record(Instruments.BatchRecords, sent.Records, _client, Topic(topic));
        _guard.Record(Instruments.BatchFill, (double)sent.WireBytes / sent.Limit, _client, Topic(topic));
        _guard.Record(Instruments.CompressionRatio, (double)sent.WireBytes / sent.PlainBytes, _client, Topic(topic));
        if (Instruments.QueueTime.Enabled)
        {
            _guard.Record(Instruments.QueueTime, _time.GetElapsedTime(sent.OpenedAt).TotalSeconds, _client, Topic(topic));
        }
    }

    /// <summary>A batch has its outcome. Loop.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="records">How many it has.</param>
    /// <param name="openedAt">When its first record came.</param>
    /// <param name="error">The error's name; null = it was acknowledged.</param>
    public void Decided(string topic, int records, long openedAt, string? error)
    {
        if (!Instruments.SentMessages.Enabled && !Instruments.OperationDuration.Enabled)
        {
            return;
        }

        var seconds = _time.GetElapsedTime(openedAt).TotalSeconds;
        if (error is null)
        {
            _guard.Add(Instruments.SentMessages, records, MessagingSystem, Operation, OperationType, _client, Topic(topic));
            _guard.Record(Instruments.OperationDuration, seconds, MessagingSystem, Operation, OperationType, _client, Topic(topic));
        }
        else
        {
            var failed = new KeyValuePair<string, object?>(ProducerMetrics.ErrorTag, error);
            _guard.Add(Instruments.SentMessages, records, MessagingSystem, Operation, OperationType, _client, Topic(topic), failed);
            _guard.Record(Instruments.OperationDuration, seconds, MessagingSystem, Operation, OperationType, _client, Topic(topic), failed);
        }
    }

    /// <summary>A request was answered. Loop.</summary>
    public void Answered(BrokerTags broker, int bytes, long sentAt)
    {
        if (Instruments.RequestDuration.Enabled)
        {
            _guard.Record(Instruments.RequestDuration, _time.GetElapsedTime(sentAt).TotalSeconds, _client, broker.Address, broker.Port);
        }

        _guard.Record(Instruments.RequestSize, bytes, _client, broker.Address, broker.Port);
    }

    private static KeyValuePair<string, object?> Topic(string topic) => new(TopicTag, topic);
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
