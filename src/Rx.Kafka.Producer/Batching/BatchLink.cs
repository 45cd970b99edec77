namespace Rx.Kafka.Batching;

/// <summary>A batch's place in one intrusive list.</summary>
internal struct BatchLink
{
    public ProducerBatch? Previous;
    public ProducerBatch? Next;
    public BatchList? List;
}
