namespace Rx.Kafka.Protocol.Messages;

/// <summary>
/// Sends batches. Written piece by piece, so that a batch's bytes go straight from their chunks to the output:
/// head, then for each topic (topic, then for each partition (partition, bytes by <see cref="KafkaWriter.Raw"/>, end), end), end.
/// </summary>
internal static class ProduceRequest
{
    /// <summary>Brokers refuse zstd in older ones (KIP-110).</summary>
    public const short FirstWithZstd = 7;

    /// <summary>From this version on topics go by their ids instead of their names (KIP-516).</summary>
    public const short FirstWithTopicIds = 13;

    /// <summary>Begins the body.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="version">3-13.</param>
    /// <param name="transactionalId">Null = no transaction.</param>
    /// <param name="acks">-1 all, 0 none, 1 the leader.</param>
    /// <param name="timeoutMs">How long the broker may wait for replicas.</param>
    /// <param name="topicCount">How many topics follow.</param>
    public static void WriteHead(ref KafkaWriter w, short version, string? transactionalId, short acks, int timeoutMs, int topicCount)
    {
        var flexible = IsFlexible(version);
        w.String(transactionalId, flexible);
        w.Int16(acks);
        w.Int32(timeoutMs);
        w.ArrayLength(topicCount, flexible); // TopicData
    }

    public static void WriteTopic(ref KafkaWriter w, short version, string name, Guid id, int partitionCount)
    {
        if (version >= FirstWithTopicIds)
        {
            w.Uuid(id); // TopicId
        }
        else
        {
            w.String(name, IsFlexible(version)); // Name
        }

        w.ArrayLength(partitionCount, IsFlexible(version)); // PartitionData
    }

    /// <summary>The caller then writes exactly <paramref name="recordsLength"/> bytes: one batch.</summary>
    public static void WritePartition(ref KafkaWriter w, short version, int index, int recordsLength)
    {
        w.Int32(index);
        w.RecordsLength(recordsLength, IsFlexible(version)); // Records
    }

    public static void EndPartition(ref KafkaWriter w, short version) => w.NoTags(IsFlexible(version));

    public static void EndTopic(ref KafkaWriter w, short version) => w.NoTags(IsFlexible(version));

    public static void End(ref KafkaWriter w, short version) => w.NoTags(IsFlexible(version));

    private static bool IsFlexible(short version) => ApiVersion.IsFlexible(ApiKey.Produce, version);
}

/// <summary>
/// Reads what became of each partition's batch, one by one and, as long as all went well, without allocation:
/// <c>while (NextTopic) while (NextPartition) …; End</c>.
/// </summary>
internal ref struct ProduceResponseReader
{
    // The smallest elements over all versions, so that a count is never believed beyond the bytes present.
    private const int MinimumTopicBytes = 3;
    private const int MinimumPartitionBytes = 22;
    private const int MinimumRecordErrorBytes = 6;
    private const int MinimumEndpointBytes = 11;

    private readonly short _version;
    private readonly bool _flexible;
    private KafkaReader _r;
    private int _topicsLeft;
    private int _partitionsLeft;
    private bool _insideTopic;

    /// <summary>Begins to read.</summary>
    /// <param name="r">Stands at the body's first byte.</param>
    /// <param name="version">3-13.</param>
    /// <exception cref="MalformedDataException">The bytes are no such answer; the other members throw it too.</exception>
    public ProduceResponseReader(KafkaReader r, short version)
    {
        _r = r;
        _version = version;
        _flexible = ApiVersion.IsFlexible(ApiKey.Produce, version);
        _topicsLeft = _r.ArrayLength(_flexible, MinimumTopicBytes); // Responses
    }

    /// <summary>The reader after what was read so far; after <see cref="End"/> it holds what is surplus.</summary>
    public readonly KafkaReader Rest => _r;

    /// <summary>Goes on to the next topic; partitions not yet read are skipped. It has a name or, from version 13 on, an id.</summary>
    public bool NextTopic(out ReadOnlySpan<byte> nameUtf8, out Guid id)
    {
        EndTopic();
        nameUtf8 = default;
        id = Guid.Empty;
        if (_topicsLeft <= 0)
        {
            return false;
        }

        _topicsLeft--;
        if (_version >= ProduceRequest.FirstWithTopicIds)
        {
            id = _r.Uuid(); // TopicId
        }
        else
        {
            nameUtf8 = _r.StringBytes(_flexible, out _); // Name
        }

        _partitionsLeft = _r.ArrayLength(_flexible, MinimumPartitionBytes); // PartitionResponses
        _insideTopic = true;
        return true;
    }

    public bool NextPartition(out PartitionAnswer answer)
    {
        if (_partitionsLeft <= 0)
        {
            answer = default;
            return false;
        }

        _partitionsLeft--;
        answer = new PartitionAnswer
        {
            Index = _r.Int32(),
            ErrorCode = _r.Int16(),
            BaseOffset = _r.Int64(),
            LogAppendTimeMs = _r.Int64(),
            LogStartOffset = _version >= 5 ? _r.Int64() : -1,
            RecordErrors = _version >= 8 ? ReadRecordErrors() : [],
            ErrorMessage = _version >= 8 ? _r.String(_flexible) : null,
        };
        if (_flexible && _r.TagCount() is var tags and > 0)
        {
            answer = ReadTags(answer, tags);
        }

        return true;
    }

    /// <summary>Reads what stands after the topics; those not yet read are skipped.</summary>
    public void End(out int throttleTimeMs, out BrokerNode[] endpoints)
    {
        while (NextTopic(out _, out _))
        {
        }

        throttleTimeMs = _r.Int32();
        endpoints = [];
        if (!_flexible)
        {
            return;
        }

        for (var left = _r.TagCount(); left > 0; left--)
        {
            var field = _r.Tag(out var tag);
            if (tag == 0 && _version >= 10)
            {
                endpoints = ReadEndpoints(ref field); // NodeEndpoints
            }
        }
    }

    private static BrokerNode[] ReadEndpoints(ref KafkaReader r)
    {
        var count = r.ArrayLength(flexible: true, MinimumEndpointBytes);
        if (count <= 0)
        {
            return [];
        }

        var endpoints = new BrokerNode[count];
        foreach (ref var endpoint in endpoints.AsSpan())
        {
            endpoint = BrokerNode.Read(ref r, flexible: true);
        }

        return endpoints;
    }

    private void EndTopic()
    {
        while (NextPartition(out _))
        {
        }

        if (_insideTopic)
        {
            _insideTopic = false;
            _r.SkipTags(_flexible);
        }
    }

    private RecordError[] ReadRecordErrors()
    {
        var count = _r.ArrayLength(_flexible, MinimumRecordErrorBytes);
        if (count <= 0)
        {
            return [];
        }

        var errors = new RecordError[count];
        foreach (ref var error in errors.AsSpan())
        {
            error = new(_r.Int32(), _r.String(_flexible)); // BatchIndex, BatchIndexErrorMessage
            _r.SkipTags(_flexible);
        }

        return errors;
    }

    private PartitionAnswer ReadTags(PartitionAnswer answer, int count)
    {
        for (; count > 0; count--)
        {
            var field = _r.Tag(out var tag);
            if (tag == 0 && _version >= 10)
            {
                answer = answer with { LeaderId = field.Int32(), LeaderEpoch = field.Int32() }; // CurrentLeader
            }
        }

        return answer;
    }
}

/// <summary>What became of the batch of one partition.</summary>
internal readonly struct PartitionAnswer
{
    private readonly RecordError[]? _recordErrors;

    public PartitionAnswer()
    {
    }

    public int Index { get; init; }

    /// <summary>0 = appended.</summary>
    public short ErrorCode { get; init; }

    /// <summary>The first record's offset; -1 = the broker cannot say.</summary>
    public long BaseOffset { get; init; } = -1;

    /// <summary>Milliseconds since 1970 when the topic stamps records itself; else -1.</summary>
    public long LogAppendTimeMs { get; init; } = -1;

    /// <summary>-1 before v5.</summary>
    public long LogStartOffset { get; init; } = -1;

    /// <summary>Empty before v8.</summary>
    public RecordError[] RecordErrors
    {
        get => _recordErrors ?? [];
        init => _recordErrors = value;
    }

    /// <summary>The broker's words; null before v8.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The new leader, where the broker tells it (from v10); -1 = unknown.</summary>
    public int LeaderId { get; init; } = -1;

    /// <summary>The new leader's epoch; -1 = unknown.</summary>
    public int LeaderEpoch { get; init; } = -1;
}

/// <summary>A record for which a broker refused its whole batch.</summary>
/// <param name="BatchIndex">The record's number in the batch, from 0, as the peer sent it.</param>
/// <param name="Message">The broker's words; null = none.</param>
internal readonly record struct RecordError(int BatchIndex, string? Message);
