using Rx.Kafka.Diagnostics;

namespace Rx.Kafka.Sinks;

/// <summary>What becomes of records that the sink does not take: counted, told, and logged where nobody hears of it.</summary>
internal sealed partial class SinkInput
{
    /// <summary>The sink takes no more: its source has ended, or the producer.</summary>
    private void RefuseLate(in Record record, object? state, RecordTrace? trace = null)
    {
        var error = admission.TakesNoMoreBy ?? Late;
        trace?.Refuse(error.Code.ToString(), error.Message);
        context.Events.Refused(error.Code);
        if (error == Late)
        {
            context.Events.OfferedLate(record);
            if (!sink.WillFault)
            {
                sink.FaultCompletion(error.ToException());
            }

            TellIfOpen(record, state, error);
        }
        else
        {
            Refuse(record, state, error);
        }
    }

    private void CountAndRefuse(in Record record, object? state, ProduceError error)
    {
        context.Events.Refused(error.Code);
        Refuse(record, state, error);
    }

    private void Refuse(in Record record, object? state, ProduceError error)
    {
        SayIfUnobserved(record, error);
        TellIfOpen(record, state, error);
    }

    /// <summary>The outcome goes to the observers, if the streams have not ended.</summary>
    private void TellIfOpen(in Record record, object? state, ProduceError error)
    {
        if (sink.TryEnter())
        {
            sink.Refuse(record, state, timestamp: 0, error);
        }
    }

    private void SayIfUnobserved(in Record record, ProduceError error)
    {
        // With interceptors refusals are told also where nobody observes them.
        if (!sink.TellsRefusals || !sink.HearsFailures)
        {
            context.Events.RefusedUnobserved(record, error);
        }
    }
}
