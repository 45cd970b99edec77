using Rx.Kafka.Batching;
using Rx.Kafka.Outcomes;
using Rx.Kafka.Protocol;

namespace Rx.Kafka.Lanes;

/// <summary>
/// What a lane's batches end with: an outcome is kept until all earlier batches have theirs, then it is told. Only for the loop that owns
/// the lane.
/// </summary>
internal sealed partial class LaneOutcomes(
    PartitionChannel channel, LaneContext context, UndecidedBatches undecided, LaneNumbers numbers, LaneGate gate)
{
    /// <summary>
    /// The batch is on the log. One that was sent more than once may be a duplicate: that is answered with the batch's own largest time,
    /// which says nothing about the append.
    /// </summary>
    public void Acknowledge(ProducerBatch batch, long baseOffset, long appendTime)
    {
        var mayBeItsOwn = batch.Delivery.Attempts > 1 && appendTime == batch.MaxTimestamp;
        Keep(batch, new OutcomeRange(0, baseOffset, null, mayBeItsOwn ? -1 : appendTime));
    }

    /// <summary>The batch fails for good. The lane's numbers end with it, and it leaves a gap if it is absent.</summary>
    /// <returns>The error, with what is known of the log.</returns>
    public ProduceError Fail(ProducerBatch batch, ProduceErrorCode code, string message, short? brokerCode = null)
    {
        numbers.End(batch.Delivery.Numbers, isAbsent: !batch.Delivery.IsUnclear);
        var isFatal = brokerCode is { } told && LaneRules.EndsProducer(told);
        var error = new ProduceError(code, message, PersistenceOf(batch.Delivery.IsUnclear), brokerCode, isFatal);
        Keep(batch, new OutcomeRange(0, -1, error));
        if (isFatal)
        {
            context.EndProducer(error);
        }

        return error;
    }

    /// <summary>The broker named the records for which it refused a batch that has failed.</summary>
    public void TellApart(ProducerBatch batch, OutcomeRange[] ranges) =>
        batch.Delivery.Outcome = new BatchOutcome(channel.Topic, channel.Partition, batch.BaseTimestamp, ranges);

    /// <summary>Gives a batch, or what is left of its parts, its outcome now.</summary>
    /// <returns>False while a caller still copies into it.</returns>
    public bool TryGiveUp(ProducerBatch batch, ProduceError error)
    {
        var parts = undecided.PartsOf(batch);
        if (parts.Count == 0)
        {
            if (!channel.TryWithdraw(batch))
            {
                return false;
            }

            undecided.Add(batch);
            parts.Add(batch);
        }

        // One that has its outcome only waits for those before it.
        foreach (var part in parts.Where(static part => part.Delivery.Outcome is null))
        {
            GiveUp(part, error);
        }

        return true;
    }

    /// <summary>Fails what waits for numbers: no producer id can be had.</summary>
    public void FailUnnumbered(ProduceError error)
    {
        while (channel.Reader.TryRead(out var closed))
        {
            undecided.Add(closed);
        }

        foreach (var batch in undecided)
        {
            if (batch.Delivery is { Outcome: null, Numbers: null })
            {
                Keep(batch, new OutcomeRange(0, -1, error));
            }
        }
    }

    /// <summary>No batch is left whose answer could tell whether earlier ones are on the log.</summary>
    public void FailQuestions()
    {
        foreach (var batch in undecided)
        {
            if (batch.Delivery.IsQuestion)
            {
                var text = $"The broker no longer remembers whether it has these records ({batch.Delivery.LastCause}).";
                Fail(batch, ProduceErrorCode.Broker, text, ErrorCodes.OutOfOrderSequenceNumber);
            }
        }
    }

    /// <summary>The brokers belong to another cluster: what may be on the old log must not be written twice.</summary>
    public void FailUnclear()
    {
        foreach (var batch in undecided)
        {
            if (batch.Delivery is { Outcome: null, IsUnclear: true })
            {
                var unknown = $"whether the last one has these records is not known ({batch.Delivery.LastCause}).";
                Fail(batch, ProduceErrorCode.Broker, $"The brokers belong to another cluster now; {unknown}");
            }
        }
    }

    /// <summary>Tells the outcomes of the oldest batches, in order, up to the first that has none.</summary>
    public void Publish()
    {
        while (undecided.TryTakeDecided(out var batch, out var outcome))
        {
            if (outcome.Ranges[0].Error is { } error)
            {
                Count(batch, error);
            }
            else
            {
                context.Events.Acknowledged(batch.Count);
                context.Events.Traffic.Decided(channel.Topic, batch.Count, batch.OpenedAt, error: null);
            }

            if (batch.SplitFrom is not { } whole)
            {
                channel.Decide(batch, outcome);
            }
            else if (whole.DecidePart(batch, outcome) is { } all)
            {
                channel.Decide(whole, all);
            }
        }
    }

    private void GiveUp(ProducerBatch batch, ProduceError error)
    {
        var maybe = batch.Delivery.IsUnclear || batch.Delivery.IsInFlight;
        if (batch.Delivery.IsInFlight)
        {
            // Its numbers are settled when its request ends.
            gate.AskFor(WhenIdle.Retry);
        }
        else
        {
            numbers.End(batch.Delivery.Numbers, isAbsent: !maybe);
        }

        var message = $"{error.Message} {FailureText.WhatWasTried(batch)}";
        Keep(batch, new OutcomeRange(0, -1, error with { Message = message, Persistence = PersistenceOf(maybe) }));
    }

    private static Persistence PersistenceOf(bool isUnclear) => isUnclear ? Persistence.PossiblyPersisted : Persistence.NotPersisted;

    private void Keep(ProducerBatch batch, in OutcomeRange range)
    {
        batch.Delivery.OnLog = batch.Delivery.IsUnclear ? OnLog.Maybe : OnLog.No;
        batch.Delivery.Outcome = new BatchOutcome(channel.Topic, channel.Partition, batch.BaseTimestamp, range, context.SuccessPersistence);
        if (range.Error is { } error)
        {
            Halt(batch, error);
        }
    }

    private void Count(ProducerBatch batch, ProduceError error)
    {
        context.Events.Traffic.Decided(channel.Topic, batch.Count, batch.OpenedAt, error.Name);
        if (error.Code == ProduceErrorCode.DeliveryTimeout)
        {
            var last = batch.Delivery.LastCause?.Error;
            context.Events.Expired(channel.Topic, channel.Partition, batch.Count, batch.Delivery.Attempts, last, error);
        }
        else
        {
            context.Events.Failed(channel.Topic, channel.Partition, batch.Count, batch.UnobservedRecords, error);
        }
    }
}
