namespace Rx.Kafka.Integration.Chaos;

/// <summary>Code that awaits each record's acknowledgement, with many outstanding; the calls themselves come one after the other, so each stream has an order.</summary>
internal sealed class AwaitingSource(KafkaProducer producer, Load load, Ledger ledger) : IDisposable
{
    private const int Window = 5000;
    private const int EachCancellable = 4;

    private readonly SemaphoreSlim _outstanding = new(Window);
    private readonly CancellationTokenSource _never = new();

    /// <summary>By SendAsync; every few with a token that could be cancelled, which takes another way through the producer.</summary>
    public Task SendAsync() => RunAsync((id, record) =>
    {
        var sending = producer.SendAsync(record, id.Sequence % EachCancellable == 0 ? _never.Token : CancellationToken.None);
        _ = BookAsync(id, sending.AsTask());
        return Task.CompletedTask;
    });

    /// <summary>By EnqueueAsync: the next record is offered when the last one was accepted.</summary>
    public Task EnqueueAsync() => RunAsync(async (id, record) =>
    {
        try
        {
            _ = BookAsync(id, await producer.EnqueueAsync(record));
        }
        catch (KafkaProduceException refused)
        {
            ledger.Failed(id, refused.Error);
            _outstanding.Release();
        }
    });

    public void Dispose()
    {
        _outstanding.Dispose();
        _never.Dispose();
    }

    private async Task RunAsync(Func<StreamRecord, Record, Task> offer)
    {
        using var timer = new PeriodicTimer(Load.Tick);
        while (!load.IsOver && await timer.WaitForNextTickAsync())
        {
            foreach (var (id, record) in load.Due())
            {
                await _outstanding.WaitAsync();
                await offer(id, record);
            }
        }

        for (var done = 0; done < Window; done++)
        {
            await _outstanding.WaitAsync();
        }
    }

    private async Task BookAsync(StreamRecord id, Task<RecordMetadata> acknowledged)
    {
        try
        {
            ledger.Acknowledged(id, await acknowledged);
        }
        catch (KafkaProduceException error)
        {
            ledger.Failed(id, error.Error);
        }
        catch (Exception other)
        {
            ledger.Fault($"{id} ended with {other}");
        }

        _outstanding.Release();
    }
}
