namespace Rx.Kafka.Testing.Wire;

/// <summary>A decoded Fetch request 4-12; sessions are not kept, so forgotten topics mean nothing.</summary>
internal sealed record FetchRequest(int MaxWaitMs, int MinBytes, int MaxBytes, IReadOnlyList<FetchTopic> Topics)
{
    /// <summary>Whether it wants to be told which transactions were aborted (<c>isolation.level=read_committed</c>).</summary>
    public bool ReadsCommitted { get; init; }

    public static FetchRequest Read(ref WireReader reader, short version)
    {
        var flexible = Apis.IsFlexible(ApiKey.Fetch, version);
        reader.Int32(); // ReplicaId
        var maxWait = reader.Int32();
        var minBytes = reader.Int32();
        var maxBytes = reader.Int32();
        var isolation = reader.Int8();
        if (version >= 7)
        {
            reader.Int32(); // SessionId
            reader.Int32(); // SessionEpoch
        }

        var topics = new FetchTopic[Math.Max(0, reader.Count(flexible))];
        for (var t = 0; t < topics.Length; t++)
        {
            var name = reader.String(flexible);
            var partitions = new FetchPartition[Math.Max(0, reader.Count(flexible))];
            for (var p = 0; p < partitions.Length; p++)
            {
                partitions[p] = ReadPartition(ref reader, version, flexible);
            }

            reader.Tags(flexible);
            topics[t] = new(name, partitions);
        }

        if (version >= 7)
        {
            SkipForgotten(ref reader, flexible);
        }

        if (version >= 11)
        {
            reader.String(flexible); // RackId
        }

        reader.Tags(flexible);
        reader.End();
        return new(maxWait, minBytes, maxBytes, topics) { ReadsCommitted = isolation == 1 };
    }

    private static FetchPartition ReadPartition(ref WireReader reader, short version, bool flexible)
    {
        var index = reader.Int32();
        if (version >= 9)
        {
            reader.Int32(); // CurrentLeaderEpoch
        }

        var offset = reader.Int64();
        if (version >= 12)
        {
            reader.Int32(); // LastFetchedEpoch
        }

        if (version >= 5)
        {
            reader.Int64(); // LogStartOffset
        }

        var maxBytes = reader.Int32();
        reader.Tags(flexible);
        return new(index, offset, maxBytes);
    }

    private static void SkipForgotten(ref WireReader reader, bool flexible)
    {
        for (var topics = reader.Count(flexible); topics > 0; topics--)
        {
            reader.String(flexible);
            for (var partitions = reader.Count(flexible); partitions > 0; partitions--)
            {
                reader.Int32();
            }

            reader.Tags(flexible);
        }
    }
}
