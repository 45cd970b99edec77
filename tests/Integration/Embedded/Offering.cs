using System.Threading.Channels;

namespace Rx.Kafka.Integration.Embedded;

/// <summary>Offers records to a producer, one after the other, by one of its ways in, and tells what became of each.</summary>
internal sealed class Offering : IObserver<Delivery<Record>>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<Delivery<Record>> _deliveries = Channel.CreateUnbounded<Delivery<Record>>();
    private readonly KafkaProducer _producer;
    private readonly Way _way;
    private readonly IDisposable _subscription;

    public Offering(KafkaProducer producer, Way way)
    {
        _producer = producer;
        _way = way;
        _subscription = producer.Deliveries.Subscribe(this);
    }

    /// <summary>Whether the last record was refused before the call returned; a pushed one's delivery says nothing of that.</summary>
    public bool WasDecidedAtOnce { get; private set; }

    /// <summary>Sends a record that is expected to arrive.</summary>
    public async Task<RecordMetadata> DeliverAsync(Record record)
    {
        var (metadata, error) = await OfferAsync(record);
        return error is null ? metadata : throw new InvalidOperationException("It should have been acknowledged.", error.ToException());
    }

    /// <summary>Sends a record that is expected to fail.</summary>
    public async Task<ProduceError> FailAsync(Record record)
    {
        var (_, error) = await OfferAsync(record);
        Assert.NotNull(error);
        return error;
    }

    /// <summary>Sends a record.</summary>
    /// <returns>Why it failed, or null.</returns>
    public async Task<ProduceError?> TryDeliverAsync(Record record) => (await OfferAsync(record)).Error;

    public void OnNext(Delivery<Record> value) => _deliveries.Writer.TryWrite(value);

    public void OnError(Exception error) => _deliveries.Writer.TryComplete(error);

    public void OnCompleted() => _deliveries.Writer.TryComplete();

    public void Dispose() => _subscription.Dispose();

    private async Task<(RecordMetadata Metadata, ProduceError? Error)> OfferAsync(Record record)
    {
        if (_way == Way.Push)
        {
            _producer.OnNext(record);
            WasDecidedAtOnce = true;
            var delivery = await _deliveries.Reader.ReadAsync().AsTask().WaitAsync(Patience);
            Assert.Equal(record.Topic, delivery.State.Topic);
            return (delivery.Succeeded ? delivery.Metadata : default, delivery.Error);
        }

        try
        {
            return (await OfferAwaited(record), null);
        }
        catch (KafkaProduceException e)
        {
            return (default, e.Error);
        }
    }

    private async Task<RecordMetadata> OfferAwaited(Record record)
    {
        if (_way == Way.Send)
        {
            var sending = _producer.SendAsync(record);
            WasDecidedAtOnce = sending.IsCompleted;
            return await sending.AsTask().WaitAsync(Patience);
        }

        var accepting = _producer.EnqueueAsync(record);
        WasDecidedAtOnce = accepting.IsCompleted;
        return await (await accepting.AsTask().WaitAsync(Patience)).WaitAsync(Patience);
    }
}
