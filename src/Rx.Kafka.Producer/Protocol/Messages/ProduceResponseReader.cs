namespace Rx.Kafka.Protocol.Messages;

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
    /// <param name="version">3-12.</param>
    /// <exception cref="MalformedDataException">The bytes are no such answer; the other members throw it too.</exception>
    public ProduceResponseReader(KafkaReader r, short version)
    {
        _r = r;
        _version = version;
        _flexible = ApiVersion.IsFlexible(ApiKey.Produce, version);
        _topicsLeft = _r.ArrayLength(_flexible, MinimumTopicBytes); // Responses
    }

    /// <summary>The reader behind what was read so far; after <see cref="End"/> it holds what is surplus.</summary>
    public readonly KafkaReader Rest => _r;

    /// <summary>Goes on to the next topic; partitions not yet read are skipped.</summary>
    public bool NextTopic(out ReadOnlySpan<byte> nameUtf8)
    {
        EndTopic();
        if (_topicsLeft <= 0)
        {
            nameUtf8 = default;
            return false;
        }

        _topicsLeft--;
        nameUtf8 = _r.StringBytes(_flexible, out _); // Name
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

    /// <summary>Reads what stands behind the topics; those not yet read are skipped.</summary>
    public void End(out int throttleTimeMs, out NodeEndpoint[] endpoints)
    {
        while (NextTopic(out _))
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

    private static NodeEndpoint[] ReadEndpoints(ref KafkaReader r)
    {
        var count = r.ArrayLength(flexible: true, MinimumEndpointBytes);
        if (count <= 0)
        {
            return [];
        }

        var endpoints = new NodeEndpoint[count];
        foreach (ref var endpoint in endpoints.AsSpan())
        {
            endpoint = new(r.Int32(), r.RequiredString(flexible: true), r.Int32(), r.String(flexible: true)); // NodeId, Host, Port, Rack
            r.SkipTags(flexible: true);
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
