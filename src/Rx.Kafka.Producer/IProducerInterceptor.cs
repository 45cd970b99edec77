namespace Rx.Kafka;

/// <summary>
/// Sees every record before it is sent and every outcome before anybody else does: for audit, tracing headers, metrics. Interceptors
/// form a chain (<see cref="KafkaProducerOptions.Interceptors"/>), in which each gets what the one before it made. What one throws is
/// logged (event 408) and otherwise ignored. The application owns them: the producer does not dispose them.
/// </summary>
public interface IProducerInterceptor
{
    /// <summary>
    /// A record is offered. Called on the thread that offers it, by many threads at once, before anything else is done with it.
    /// </summary>
    /// <param name="record">What the caller, or the interceptor before this one, made.</param>
    /// <returns>
    /// The record to send: the same, or one with other headers, for example. After a throw the one that came in goes on. It may be kept:
    /// its bytes are the caller's, as it gave them, or a copy where a serializer made them.
    /// </returns>
    Record OnSend(Record record);

    /// <summary>
    /// A record has its outcome, be it acknowledged, failed or refused. Called on <see cref="ProducerRuntime.TaskScheduler"/>, before the
    /// observers and before awaits go on; the records of each sink, and all awaited ones, one after the other. A slow one delays them, and
    /// one that blocks until an awaited record of the same producer has its outcome waits for itself.
    /// </summary>
    /// <param name="delivery">
    /// The outcome, with the record as it was sent; what a caller does with its bytes after they were copied shows here.
    /// </param>
    void OnAcknowledgement(in Delivery<Record> delivery);
}
