namespace Rx.Kafka.Protocol.Messages;

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
