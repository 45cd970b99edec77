using Rx.Kafka.Batching;

namespace Rx.Kafka.Lanes;

/// <summary>
/// What a failure means for later records of a sink that halts: they are omitted. What is queued is, at once; what is in flight is told as
/// it is, and omitted if its answer says that it must be sent again.
/// </summary>
internal sealed partial class LaneOutcomes
{
    private bool _hasHalted;

    /// <summary>A batch in flight that is not sent again.</summary>
    public void Omit(ProducerBatch batch, ProduceError error) => GiveUp(batch, error);

    /// <summary>Omits what is closed and not drained.</summary>
    /// <returns>False when there is nothing that must be omitted.</returns>
    public bool OmitClosed()
    {
        if (!_hasHalted)
        {
            return false;
        }

        var any = false;
        while (channel.Reader.TryPeek(out var batch)
            && batch.HaltingSink?.Halted?.FailureIn(channel.Topic, channel.Partition) is { } failure)
        {
            channel.Reader.TryRead(out _);
            undecided.Add(batch);
            GiveUp(batch, Omitted(failure));
            any = true;
        }

        return any;
    }

    /// <summary>A batch has failed: its sink halts here, if it is one that does.</summary>
    private void Halt(ProducerBatch batch, ProduceError failure)
    {
        if (batch.HaltingSink is not { Halted: { } halted } sink || failure.Code == ProduceErrorCode.Omitted)
        {
            return;
        }

        _hasHalted = true;
        halted.Add(channel.Topic, channel.Partition, failure);
        if (failure.Code is ProduceErrorCode.Aborted or ProduceErrorCode.Closed)
        {
            // A purge or a dispose gives up each of them for its own reason.
            return;
        }

        foreach (var later in undecided.After(batch))
        {
            if (later.HaltingSink != sink || later.Delivery.Outcome is not null)
            {
                continue;
            }

            if (later.Delivery.IsInFlight)
            {
                later.Delivery.OmittedBy = Omitted(failure);
            }
            else
            {
                GiveUp(later, Omitted(failure));
            }
        }
    }

    private ProduceError Omitted(ProduceError failure) => new(
        ProduceErrorCode.Omitted,
        $"An earlier record of this sink to topic {channel.Topic} partition {channel.Partition} failed ({failure.Code}), and the sink "
        + "halts.");
}
