namespace Rx.Kafka.Operators;

/// <summary>
/// An element until all outcomes of its records are told. The source counts what it owes before it sends; the dispatcher takes outcomes,
/// the last of which comes after all records were sent.
/// </summary>
internal sealed class PendingElement<T>
{
    private Delivery<T>? _failure;
    private Delivery<T> _last;
    private int _told;
    private bool _isDone;

    public T Element { get; set; } = default!;

    /// <summary>How many outcomes it waits for; one of them is that of its only record, or says that there are no more.</summary>
    public int Owed { get; set; } = 1;

    /// <summary>Whether no record was made of it; of use to who makes any number of them.</summary>
    public bool HasNoRecord => Owed == 1;

    /// <summary>Why no further records could be made of it.</summary>
    public ProduceError? FailedBy { get; set; }

    /// <summary>The outcome of the whole element: the first failure, else that of the record acknowledged last.</summary>
    public Delivery<T> Outcome => _failure ?? (FailedBy is { } error ? new Delivery<T>(Element, error) : _last);

    /// <summary>Whether the outcome is there. Any thread.</summary>
    public bool IsDone
    {
        get => Volatile.Read(ref _isDone);
        private set => Volatile.Write(ref _isDone, value);
    }

    /// <summary>Takes an outcome. One thread at a time.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool Take(in Delivery<PendingElement<T>> delivery)
    {
        if (!delivery.Succeeded)
        {
            _failure ??= delivery.WithState(Element);
        }
        else if (_told == 0 || delivery.IsOfRecord)
        {
            _last = delivery.WithState(Element);
        }

        return IsDone = ++_told == Owed;
    }

    /// <summary>Makes it as new, for another element.</summary>
    public void Reset()
    {
        Element = default!;
        (Owed, FailedBy, _failure, _last, _told, _isDone) = (1, null, null, default, 0, false);
    }
}
