using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>A request whose header is read, and whose body too where faults look into it.</summary>
internal sealed class Request
{
    private readonly ReadOnlyMemory<byte> _frame;
    private readonly int _bodyStart;

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

    public IReadOnlyList<string>? TopicNames => Fetch?.Topics.Select(static topic => topic.Name).ToList() ?? Metadata?.Topics?.Select(static topic => topic.Name ?? "").ToList();

    public static Request Read(ReadOnlyMemory<byte> frame, Func<ApiKey, short, bool> known)
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
            ApiKey.Produce => new(frame, header, start) { Produce = ProduceRequest.Read(frame, ref reader, header.Version) },
            ApiKey.Metadata => new(frame, header, start) { Metadata = MetadataRequest.Read(ref reader, header.Version) },
            ApiKey.Fetch => new(frame, header, start) { Fetch = FetchRequest.Read(ref reader, header.Version) },
            _ => new(frame, header, start),
        };
    }

    /// <summary>The request as a test may look at it.</summary>
    public ReceivedRequest Describe(int broker) => new(
        broker, Header.Key, Header.Version, Header.CorrelationId, Header.ClientId, _frame.Length, Produce?.Acks ?? 0, [.. Produce?.Topics.SelectMany(topic => topic.Partitions.Select(partition => Describe(topic.Name, partition))) ?? []]);

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
            case ApiKey.FindCoordinator:
                FindCoordinatorAnswer.Write(context, ref reader, Header.Version);
                break;
            default:
                throw new WireException($"API {Header.Key} is advertised, but not served.");
        }

        return Answering.Answer;
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
