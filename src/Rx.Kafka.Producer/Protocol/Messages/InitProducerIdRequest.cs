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
    public static void Write(ref KafkaWriter w, short version, string? transactionalId, int transactionTimeoutMs, long producerId = -1, short epoch = -1)
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
