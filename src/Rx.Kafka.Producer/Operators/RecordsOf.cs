using Rx.Kafka.Sinks;

namespace Rx.Kafka.Operators;

/// <summary>What an operator makes of one element: a record, or any number of them. The user's function may throw.</summary>
internal sealed class RecordsOf<T>
{
    private readonly Func<T, Record>? _one;
    private readonly Func<T, IEnumerable<Record>>? _many;

    public RecordsOf(Func<T, Record> one, OnFailure onFailure) => (_one, Halts) = (one, onFailure == OnFailure.Halt);

    public RecordsOf(Func<T, IEnumerable<Record>> many, OnFailure onFailure) => (_many, Halts) = (many, onFailure == OnFailure.Halt);

    /// <summary>Whether records after a failed one of their partition are omitted.</summary>
    public bool Halts { get; }

    /// <summary>Whether the outcomes of an element's records must be gathered.</summary>
    public bool IsMany => _many is not null;

    /// <summary>Sends the records of an element, and blocks while there is no room. An element whose function throws fails.</summary>
    public void Send(SinkInput input, T element, PendingElement<T>? pending)
    {
        if (_one is not null)
        {
            if (TryMake(element, out var record) is { } failure)
            {
                RefuseWhenRoom(input, StateOf(element, pending), failure);
            }
            else
            {
                input.OnNext(record, StateOf(element, pending));
            }

            return;
        }

        try
        {
            foreach (var record in _many!(element))
            {
                pending!.Owed++;
                input.OnNext(record, pending);
            }
        }
        catch (Exception e)
        {
            pending!.FailedBy = Failed(e);
        }

        if (pending!.HasNoRecord)
        {
            PassWhenRoom(input, pending);
        }
        else
        {
            input.PassThrough(pending);
        }
    }

    /// <summary>The same, but awaits instead of blocking.</summary>
    public ValueTask SendAsync(SinkInput input, T element, PendingElement<T>? pending, CancellationToken cancellationToken) =>
        _one is null ? SendManyAsync(input, element, pending!, cancellationToken)
        : TryMake(element, out var record) is { } failure ? RefuseAsync(input, StateOf(element, pending), failure, cancellationToken)
        : input.OnNextAsync(record, StateOf(element, pending), cancellationToken);

    // Methods of their own: what a lambda captures is an object, also where the lambda is not made.
    private static void RefuseWhenRoom(SinkInput input, object? state, ProduceError failure) =>
        input.WhenRoom(() => input.Refuse(state, failure));

    private static void PassWhenRoom(SinkInput input, PendingElement<T> pending) => input.WhenRoom(() => input.PassThrough(pending));

    private static async ValueTask RefuseAsync(SinkInput input, object? state, ProduceError failure, CancellationToken cancellationToken)
    {
        await input.WaitForRoomAsync(cancellationToken);
        input.Refuse(state, failure);
    }

    private static object? StateOf(T element, PendingElement<T>? pending) => pending is null ? element : pending;

    // Not the exception's message: it may quote the element, which may be secret, and the error's text is logged.
    private static ProduceError Failed(Exception e) => new(
        ProduceErrorCode.Serialization,
        $"The function that makes records of an element threw {e.GetType().Name}, see Cause. Other elements are not concerned.",
        Cause: e);

    /// <returns>Why there is no record; null = there is one.</returns>
    private ProduceError? TryMake(T element, out Record record)
    {
        try
        {
            record = _one!(element);
            return null;
        }
        catch (Exception e)
        {
            record = default;
            return Failed(e);
        }
    }

    private async ValueTask SendManyAsync(SinkInput input, T element, PendingElement<T> pending, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var record in _many!(element))
            {
                pending.Owed++;
                await input.OnNextAsync(record, pending, cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            pending.FailedBy = Failed(e);
        }

        if (pending.HasNoRecord)
        {
            await input.WaitForRoomAsync(cancellationToken);
        }

        input.PassThrough(pending);
    }
}
