using System.Globalization;

namespace Rx.Kafka.Integration.Chaos;

/// <summary>Writes the outcomes of pushed records into a ledger. Acknowledgements of one stream must come in order, and never two at once.</summary>
internal sealed class DeliveryBook(Ledger ledger) : IObserver<Delivery<Record>>
{
    private readonly int[] _highest = [.. Enumerable.Repeat(-1, ledger.Streams)];
    private int _inside;

    public void OnNext(Delivery<Record> value)
    {
        if (Interlocked.Exchange(ref _inside, 1) == 1)
        {
            ledger.Fault("two outcomes were observed at once");
        }

        Note(value);
        Volatile.Write(ref _inside, 0);
    }

    public void OnError(Exception error) => ledger.Fault($"the outcomes ended with {error}");

    public void OnCompleted()
    {
        // The source knows by the producer's Completion.
    }

    private void Note(in Delivery<Record> delivery)
    {
        if (!StreamRecord.TryParse(delivery.State.Value.GetValueOrDefault().Span, out var id))
        {
            ledger.Fault($"an outcome of an unknown record: {delivery.State}");
        }
        else if (delivery.Error is { } error)
        {
            ledger.Failed(id, error);
        }
        else
        {
            ledger.Acknowledged(id, delivery.Metadata);
            if (id.Sequence <= _highest[id.Stream])
            {
                ledger.Fault(string.Create(CultureInfo.InvariantCulture, $"{id} was acknowledged behind {_highest[id.Stream]}"));
            }

            _highest[id.Stream] = id.Sequence;
        }
    }
}
