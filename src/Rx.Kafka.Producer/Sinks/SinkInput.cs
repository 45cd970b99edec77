using Rx.Kafka.Admission;
using Rx.Kafka.Batching;

namespace Rx.Kafka.Sinks;

/// <summary>
/// What OnNext does: it waits for observers, memory or metadata, and a record that is refused is counted, told and logged. Observers of
/// the same producer may call it from within OnNext: they never wait for observers, and the end of the source does not shut them out.
/// Any thread.
/// </summary>
internal sealed class SinkInput(RecordSink sink, IRecordAdmission admission, DispatcherContext context)
{
    private static readonly ProduceError Late = new(
        ProduceErrorCode.Closed,
        "OnNext after OnCompleted or OnError. If two sources share this producer's observer and one has ended, merge them, or subscribe "
        + "each by OnNext alone: source.Subscribe(producer.OnNext). If the record comes from the producer's own streams, but behind "
        + "ObserveOn or an await, use SendAsync.");

    private bool IsCalledByObserver => DispatcherContext.Current == context;

    public void OnNext(in Record record)
    {
        if ((sink.Window.IsFull || sink.IsTerminated) && !IsCalledByObserver)
        {
            OnNextLater(record);
            return;
        }

        var offer = new RecordOffer(record, sink);
        var result = admission.Offer(ref offer);
        if (result != OfferResult.Placed)
        {
            NotPlaced(result, ref offer);
        }
    }

    private void OnNextLater(in Record record)
    {
        if (sink.IsTerminated)
        {
            RefuseLate(record);
            return;
        }

        var offer = new RecordOffer(record, sink) { CameBeforeDispose = admission.TakesNoMoreBy is null };
        if (sink.Window.Wait() is { } refused)
        {
            sink.Window.Passed();
            context.Events.Refused(refused.Code);
            Refuse(record, refused);
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
            Refuse(offer.Record, offer.Error!);
        }
        else
        {
            RefuseLate(offer.Record);
        }
    }

    /// <summary>The sink takes no more: its source has ended, or the producer.</summary>
    private void RefuseLate(in Record record)
    {
        var error = admission.TakesNoMoreBy ?? Late;
        context.Events.Refused(error.Code);
        if (error == Late)
        {
            context.Events.OfferedLate(record);
            if (!sink.WillFault)
            {
                sink.FaultCompletion(error.ToException());
            }

            TellIfOpen(record, error);
        }
        else
        {
            Refuse(record, error);
        }
    }

    private void Refuse(in Record record, ProduceError error)
    {
        SayIfUnobserved(record, error);
        TellIfOpen(record, error);
    }

    /// <summary>The outcome goes to the observers, if the streams have not ended.</summary>
    private void TellIfOpen(in Record record, ProduceError error)
    {
        if (sink.TryEnter())
        {
            sink.Refuse(record, timestamp: 0, error);
        }
    }

    private void SayIfUnobserved(in Record record, ProduceError error)
    {
        if (!sink.TellsRefusals)
        {
            context.Events.RefusedUnobserved(record, error);
        }
    }
}
