using Rx.Kafka.Admission;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;

namespace Rx.Kafka.Sinks;

/// <summary>
/// The way into a sink. OnNext waits for observers, memory or metadata, and a record that is refused is counted, told and logged.
/// Observers of the same producer may call it from within OnNext: they never wait for observers, and the end of the source does not shut
/// them out. Any thread.
/// </summary>
/// <param name="sink">Whom the outcomes are told.</param>
/// <param name="admission">The producer's.</param>
/// <param name="context">Shared by the sinks of the producer.</param>
/// <param name="flush">Sends what was accepted without waiting for linger.</param>
internal sealed partial class SinkInput(DeliverySink sink, IRecordAdmission admission, DispatcherContext context, Func<Task> flush)
{
    private static readonly ProduceError Late = new(
        ProduceErrorCode.Closed,
        "OnNext after OnCompleted or OnError. If two sources share this observer and one has ended, merge them, give each a sink of its "
        + "own (OpenSink), or subscribe each by OnNext alone: source.Subscribe(producer.OnNext). If the record comes from the producer's "
        + "own streams, but behind ObserveOn or an await, use SendAsync.");

    /// <summary>Whether there is no room, so that a caller that must not block has to wait first.</summary>
    public bool IsFull => sink.Window.IsFull && !IsCalledByObserver;

    /// <summary>Whether the sink takes no more from outside.</summary>
    public bool IsClosed => (sink.IsTerminated && !IsCalledByObserver) || admission.TakesNoMoreBy is not null;

    /// <summary>The fatal error that ended the producer; null = there is none.</summary>
    public ProduceError? FatalError => admission.TakesNoMoreBy is { IsFatal: true } fatal ? fatal : null;

    private bool IsCalledByObserver => DispatcherContext.Current == context;

    /// <summary>Takes a record, and blocks while there is no room for it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="state">The element that it was made of, for a sink of elements.</param>
    public void OnNext(in Record record, object? state = null)
    {
        if (context.Interceptors is { } interceptors)
        {
            Take(interceptors.OnSend(record), state);
        }
        else
        {
            Take(record, state);
        }
    }

    /// <summary>As <see cref="OnNext"/>, but awaits instead of blocking.</summary>
    /// <param name="record">The record.</param>
    /// <param name="state">The element that it was made of, for a sink of elements.</param>
    /// <param name="cancellationToken">Ends the wait. A record that stands in line by then is still sent, from memory of its own.</param>
    public ValueTask OnNextAsync(in Record record, object? state, CancellationToken cancellationToken)
    {
        var sent = Intercepted(record);
        if (sink.IsTerminated && !IsCalledByObserver)
        {
            RefuseLate(sent, state);
            return default;
        }

        return IsFull ? TakeLaterAsync(sent, state, cancellationToken) : new(TakeOrStand(sent, state).WaitAsync(cancellationToken));
    }

    /// <summary>Takes a record without waiting: one that has to stand in line is copied first.</summary>
    /// <inheritdoc cref="OnNext" path="/param"/>
    /// <returns>Completes when the record does not stand in line any more.</returns>
    public Task Offer(in Record record, object? state) => TakeOrStand(Intercepted(record), state);

    /// <summary>Completes when observers have made room.</summary>
    public Task WhenOpen() => sink.Window.WhenOpen().On(context.Runtime.TaskScheduler);

    /// <summary>
    /// Tells of an element that has no record, and blocks before while observers are behind: it has an outcome all the same.
    /// </summary>
    public void WhenRoom(Action tell)
    {
        var waits = IsFull;
        if (waits)
        {
            _ = sink.Window.Wait(); // it is told in any case
        }

        tell();
        if (waits)
        {
            sink.Window.Passed();
        }
    }

    /// <summary>Waits until observers have made room, or the producer takes no more.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (IsFull && admission.TakesNoMoreBy is null)
        {
            await WhenOpen().WaitAsync(cancellationToken);
        }
    }

    /// <summary>An element of which no record could be made.</summary>
    public void Refuse(object? state, ProduceError error) => CountAndRefuse(default, state, error);

    /// <summary>An element that asks for no record, or for no more: told to the observers after what was told before.</summary>
    public void PassThrough(object? state)
    {
        if (sink.TryEnter())
        {
            sink.PassThrough(state);
        }
    }

    /// <summary>The source is at its end: what was accepted is sent without waiting for linger, then the streams complete.</summary>
    public void OnCompleted()
    {
        if (sink.Terminate(null))
        {
            _ = flush();
        }
    }

    /// <summary>The source failed: what was accepted is sent, then the streams end with its error.</summary>
    public void OnError(Exception error)
    {
        // Counted in, so that nobody sees the end before the log has told of it.
        var isInside = sink.TryEnter();
        if (sink.Terminate(error))
        {
            context.Events.SourceFailed(error);
            _ = flush();
        }

        if (isInside)
        {
            sink.Leave();
        }
    }

    /// <summary>Nobody wants more: no input comes, and what was accepted is sent as it would have been.</summary>
    public void Stop() => sink.Terminate(null);

    private Record Intercepted(in Record record) => context.Interceptors?.OnSend(record) ?? record;

    private void Take(in Record record, object? state)
    {
        if (IsOmitted(record, state))
        {
            return;
        }

        if ((sink.Window.IsFull || sink.IsTerminated) && !IsCalledByObserver)
        {
            TakeLater(record, state);
            return;
        }

        var offer = new RecordOffer(record, sink) { State = state };
        var result = admission.Offer(ref offer);
        if (result != OfferResult.Placed)
        {
            NotPlaced(result, ref offer);
        }
    }

    /// <summary>A sink that halts takes nothing more for a topic of which a record was refused.</summary>
    private bool IsOmitted(in Record record, object? state)
    {
        if (sink.Halted?.RefusalIn(record.Topic) is not { } failure)
        {
            return false;
        }

        var text = $"An earlier record of this sink, to topic {record.Topic} or without one, was refused ({failure.Code}): it halts.";
        CountAndRefuse(record, state, new ProduceError(ProduceErrorCode.Omitted, text));
        return true;
    }

    /// <summary>What Offer does with a record that the interceptors have seen.</summary>
    private Task TakeOrStand(in Record record, object? state)
    {
        if (IsOmitted(record, state))
        {
            return Task.CompletedTask;
        }

        var offer = new RecordOffer(record, sink) { State = state, IsBorrowed = true };
        var result = admission.Offer(ref offer);
        if (result == OfferResult.Waits)
        {
            return Stand(offer.Waiting!);
        }

        if (result != OfferResult.Placed)
        {
            NotPlaced(result, ref offer);
        }

        return Task.CompletedTask;
    }

    private Task Stand(WaitingRecord waiting) => waiting.Placed.ContinueWith(
        _ =>
        {
            if (waiting.Refusal is { } refused)
            {
                SayIfUnobserved(waiting.Record, refused);
            }
        },
        CancellationToken.None, TaskContinuationOptions.DenyChildAttach, context.Runtime.TaskScheduler);

    private async ValueTask TakeLaterAsync(Record record, object? state, CancellationToken cancellationToken)
    {
        await WaitForRoomAsync(cancellationToken);
        await TakeOrStand(record, state).WaitAsync(cancellationToken);
    }

    private void TakeLater(in Record record, object? state)
    {
        if (sink.IsTerminated)
        {
            RefuseLate(record, state);
            return;
        }

        var offer = new RecordOffer(record, sink) { State = state, CameBeforeDispose = admission.TakesNoMoreBy is null };
        if (sink.Window.Wait() is { } refused)
        {
            sink.Window.Passed();
            CountAndRefuse(record, state, refused);
            return;
        }

        var result = admission.Offer(ref offer);
        sink.Window.Passed();
        if (result != OfferResult.Placed)
        {
            NotPlaced(result, ref offer);
        }
    }

    private void NotPlaced(OfferResult result, ref RecordOffer offer)
    {
        if (result == OfferResult.Waits)
        {
            var waiting = offer.Waiting!;
            context.Runtime.Wait(waiting.Placed);
            if (waiting.Refusal is { } refused)
            {
                SayIfUnobserved(offer.Record, refused);
            }
        }
        else if (result == OfferResult.Refused)
        {
            Refuse(offer.Record, offer.State, offer.Error!);
        }
        else
        {
            RefuseLate(offer.Record, offer.State, offer.Trace);
        }
    }
}
