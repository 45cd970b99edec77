namespace Rx.Kafka.Protocol.Messages;

/// <summary>Asks for a producer id, which makes batches idempotent.</summary>
internal static class InitProducerIdRequest
{
    /// <summary>Writes the body.</summary>
    /// <param name="w">Where to.</param>
    /// <param name="version">0-5.</param>
    /// <param name="transactionalId">Null = idempotent only. Never empty: a broker refuses that.</param>
    /// <param name="transactionTimeoutMs">int.MaxValue without transactions.</param>
    /// <param name="producerId">From v3: the id held until now, to bump its epoch; -1 = none.</param>
    /// <param name="epoch">From v3: its epoch; -1 = none.</param>
    public static void Write(
        ref KafkaWriter w, short version, string? transactionalId, int transactionTimeoutMs, long producerId = -1, short epoch = -1)
    {
        var flexible = ApiVersion.IsFlexible(ApiKey.InitProducerId, version);
        w.String(transactionalId, flexible);
        w.Int32(transactionTimeoutMs);
        if (version >= 3)
        {
            w.Int64(producerId);
            w.Int16(epoch); // ProducerEpoch
        }

        w.NoTags(flexible);
    }
}

/// <summary>A producer id and its epoch, or why there is none.</summary>
internal readonly record struct InitProducerIdResponse(int ThrottleTimeMs, short ErrorCode, long ProducerId, short ProducerEpoch)
{
    /// <summary>Reads the answer to a request of a version.</summary>
    /// <exception cref="MalformedDataException">The bytes are no such answer.</exception>
    public static InitProducerIdResponse Read(ref KafkaReader r, short version)
    {
        var response = new InitProducerIdResponse(r.Int32(), r.Int16(), r.Int64(), r.Int16());
        r.SkipTags(ApiVersion.IsFlexible(ApiKey.InitProducerId, version));
        return response;
    }
}
