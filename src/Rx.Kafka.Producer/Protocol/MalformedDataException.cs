namespace Rx.Kafka.Protocol;

/// <summary>Bytes from the network that are not what the protocol says: the one fault every decoder ends in. Its connection cannot be trusted any more.</summary>
internal sealed class MalformedDataException : KafkaException
{
    public MalformedDataException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
