using Rx.Kafka.Testing.Groups;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>A request whose header is read, and whose body too where faults look into it.</summary>
internal sealed class Request
{
    private readonly ReadOnlyMemory<byte> _frame;
    private readonly int _bodyStart;
    private JoinResult _joined = JoinResult.Unserved;
    private SyncResult _synced = SyncResult.Unserved;

    private Request(ReadOnlyMemory<byte> frame, RequestHeader header, int bodyStart)
    {
        _frame = frame;
        Header = header;
        _bodyStart = bodyStart;
    }

    public RequestHeader Header { get; }

    public ProduceRequest? Produce { get; private init; }

    public MetadataRequest? Metadata { get; private init; }

    public FetchRequest? Fetch { get; private init; }

    public JoinGroupRequest? Join { get; private init; }

    public SyncGroupRequest? Sync { get; private init; }

    /// <param name="frame">Without its size.</param>
    /// <param name="known">Whether a version is served.</param>
    /// <param name="nameOf">The name of a topic's id; null = no id is known.</param>
    public static Request Read(ReadOnlyMemory<byte> frame, Func<ApiKey, short, bool> known, Func<Guid, string?> nameOf)
    {
        var reader = new WireReader(frame.Span);
        var header = RequestHeader.Read(ref reader, known);
        var start = reader.Position;
        if (!known(header.Key, header.Version))
        {
            return new(frame, header, start);
        }

        return header.Key switch
        {
            ApiKey.Produce => new(frame, header, start) { Produce = ProduceRequest.Read(frame, ref reader, header.Version, nameOf) },
            ApiKey.Metadata => new(frame, header, start) { Metadata = MetadataRequest.Read(ref reader, header.Version) },
            ApiKey.Fetch => new(frame, header, start) { Fetch = FetchRequest.Read(ref reader, header.Version) },
            ApiKey.JoinGroup => new(frame, header, start) { Join = JoinGroupRequest.Read(frame, ref reader, header) },
            ApiKey.SyncGroup => new(frame, header, start) { Sync = SyncGroupRequest.Read(frame, ref reader, header.Version) },
            _ => new(frame, header, start),
        };
    }

    /// <summary>The request as a test may look at it.</summary>
    public ReceivedRequest Describe(int broker) => new(
        broker, Header.Key, Header.Version, Header.CorrelationId, Header.ClientId, _frame.Length, Produce?.Acks ?? 0, [.. Produce?.Topics.SelectMany(topic => topic.Partitions.Select(partition => Describe(topic.Name, partition))) ?? []]);

    /// <summary>Whether it is about a partition that is looked for; Metadata asks for whole topics, which are partition -1.</summary>
    public bool IsAbout(Func<string, int, bool> wanted) =>
        Produce?.Topics.Any(topic => topic.Partitions.Any(partition => wanted(topic.Name, partition.Index)))
        ?? Fetch?.Topics.Any(topic => topic.Partitions.Any(partition => wanted(topic.Name, partition.Index)))
        ?? Metadata?.Topics?.Any(topic => wanted(topic.Name ?? "", -1))
        ?? false;

    /// <summary>
    /// Does what comes before an answer: a Fetch waits for records, and who joins a group or asks for its part waits for the
    /// others.
    /// </summary>
    /// <exception cref="OperationCanceledException">The connection ended first.</exception>
    public async ValueTask WaitAsync(AnswerContext context, CancellationToken end)
    {
        if (Fetch is not null)
        {
            await FetchWait.WaitAsync(context, Fetch, end);
        }
        else if (Join is not null)
        {
            _joined = await JoinGroupAnswer.AskAsync(context, Join, end);
        }
        else if (Sync is not null)
        {
            _synced = await SyncGroupAnswer.AskAsync(context, Sync, end);
        }
    }

    public Answering Answer(AnswerContext context)
    {
        var reader = new WireReader(_frame.Span[_bodyStart..]);
        switch (Header.Key)
        {
            case ApiKey.Produce:
                return ProduceAnswer.Write(context, Produce!, Header.Version);
            case ApiKey.Metadata:
                MetadataAnswer.Write(context, Metadata!, Header.Version);
                break;
            case ApiKey.ApiVersions:
                if (context.Cluster.Options.ClosesOn(Header))
                {
                    return Answering.Close;
                }

                ApiVersionsAnswer.Write(context, ref reader, Header.Version);
                break;
            case ApiKey.InitProducerId:
                InitProducerIdAnswer.Write(context, ref reader, Header.Version);
                break;
            case ApiKey.Fetch:
                FetchAnswer.Write(context, Fetch!, Header.Version);
                break;
            case ApiKey.ListOffsets:
                ListOffsetsAnswer.Write(context, ref reader, Header.Version);
                break;
            case ApiKey.SaslHandshake:
                return SaslHandshakeAnswer.Write(context, ref reader);
            case ApiKey.SaslAuthenticate:
                return SaslAuthenticateAnswer.Write(context, _frame.Span[_bodyStart..], ref reader, Header.Version);
            case ApiKey.GetTelemetrySubscriptions:
                GetTelemetrySubscriptionsAnswer.Write(context, ref reader);
                break;
            case ApiKey.PushTelemetry:
                PushTelemetryAnswer.Write(context, _frame.Span[_bodyStart..], ref reader);
                break;
            default:
                AnswerOfGroups(context, ref reader);
                break;
        }

        return Answering.Answer;
    }

    private void AnswerOfGroups(AnswerContext context, ref WireReader reader)
    {
        switch (Header.Key)
        {
            case ApiKey.FindCoordinator:
                FindCoordinatorAnswer.Write(context, ref reader, Header.Version);
                break;
            case ApiKey.JoinGroup:
                JoinGroupAnswer.Write(context, _joined, Header.Version);
                break;
            case ApiKey.SyncGroup:
                SyncGroupAnswer.Write(context, _synced, Header.Version);
                break;
            case ApiKey.Heartbeat:
                HeartbeatAnswer.Write(context, ref reader, Header.Version);
                break;
            case ApiKey.LeaveGroup:
                LeaveGroupAnswer.Write(context, ref reader, Header.Version);
                break;
            case ApiKey.OffsetCommit:
                OffsetCommitAnswer.Write(context, ref reader, Header.Version);
                break;
            case ApiKey.OffsetFetch:
                OffsetFetchAnswer.Write(context, ref reader, Header.Version);
                break;
            default:
                throw new WireException($"API {Header.Key} is advertised, but not served.");
        }
    }

    private static ReceivedBatch Describe(string topic, ProducePartition partition)
    {
        var bytes = partition.Records.Span;
        if (bytes.Length < BatchView.HeaderBytes)
        {
            return new(topic, partition.Index, bytes.Length, -1, -1, -1, -1);
        }

        var batch = new BatchView(bytes);
        return new(topic, partition.Index, bytes.Length, batch.RecordCount, batch.ProducerId, batch.ProducerEpoch, batch.BaseSequence);
    }
}
