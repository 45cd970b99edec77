namespace Rx.Kafka.Tool.Bench;

/// <summary>Rx.Kafka.Producer: <see cref="KafkaProducer.OnNext"/>, and an observer of <see cref="KafkaProducer.Deliveries"/>.</summary>
internal sealed class OurClient : IBenchClient, IObserver<Delivery<Record>>
{
    private readonly KafkaProducer _producer;
    private readonly IDisposable _observing;
    private readonly Outcomes _outcomes;
    private readonly string _topic;

    public OurClient(ClientSettings settings, Outcomes outcomes)
    {
        _topic = settings.Topic;
        _outcomes = outcomes;
        _producer = new KafkaProducer(settings.Options);
        _observing = _producer.Deliveries.Subscribe(this);
    }

    public void Send(byte[] value) => _producer.OnNext(new Record(_topic, (ReadOnlyMemory<byte>?)null, value));

    public void OnNext(Delivery<Record> value) =>
        _outcomes.Decide(value.State.Value.GetValueOrDefault(), value.Succeeded ? null : value.Error.Message);

    public void OnError(Exception error) => _outcomes.Break(error);

    public void OnCompleted()
    {
        // The producer was disposed.
    }

    public async ValueTask DisposeAsync()
    {
        await _producer.PurgeAsync();
        await _producer.DisposeAsync();
        _observing.Dispose();
    }
}
