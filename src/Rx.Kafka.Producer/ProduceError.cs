namespace Rx.Kafka;

/// <summary>An error value that many outcomes share; exceptions are made of it at the edge, one for each await (a shared exception object would gather foreign stack traces).</summary>
internal sealed record ProduceError(ProduceErrorCode Code, string Message, Persistence Persistence = Persistence.NotPersisted, short? BrokerErrorCode = null, bool IsFatal = false, Exception? Cause = null)
{
    public KafkaProduceException ToException() => new(Code, Message, Persistence, BrokerErrorCode, IsFatal, Cause);
}
