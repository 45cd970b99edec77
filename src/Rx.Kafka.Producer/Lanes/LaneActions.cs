using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Lanes;

/// <summary>
/// Gathers the facts about an attempt that has ended, and executes what <see cref="LaneRules"/> say. Only for the loop that owns the
/// lane.
/// </summary>
internal sealed class LaneActions(
    LaneContext context, UndecidedBatches undecided, LaneNumbers numbers, LaneGate gate, LaneOutcomes outcomes)
{
    /// <summary>What to do about a codec that is refused.</summary>
    public required CodecFallback Codecs { get; init; }

    public AttemptFacts FactsOf(ProducerBatch batch, in AttemptEnd end)
    {
        ref readonly var delivery = ref batch.Delivery;
        var provesAbsence = end.Answer is { } told && LaneRules.ProvesAbsence(told);
        return new AttemptFacts
        {
            Answer = end.Answer is { } answer ? LaneRules.KindOf(answer.ErrorCode, context.IsIdempotent) : AnswerKind.None,
            IsGivenUp = delivery.Outcome is not null,
            ProvesAbsence = provesAbsence,
            IsUnclear = delivery.IsUnclear,
            // This attempt may have reached a log that knows of no gap, and takes any number first.
            IsAfterGap = numbers.IsAfterGap(batch) && (provesAbsence || delivery.Voucher != Voucher.Nobody),
            IsVouchedFor = delivery.Voucher != Voucher.Nobody && undecided.HasSuccessAfter(batch),
            HasEarlier = undecided.HasEarlier(batch),
            HasRetries = delivery.Attempts <= context.Retries,
            HasManyRecords = batch.Count > 1,
            HasOtherCodec = Codecs.IsAllowed(batch),
        };
    }

    /// <summary>A batch that was given up in flight has ended: only its numbers are left, it is perhaps in the pool again.</summary>
    public void SettleNumbers(BatchNumbers? ended, in AttemptFacts facts, in AttemptEnd end)
    {
        if (LaneRules.Of(facts).Action == LaneAction.Prove)
        {
            Prove(ended, end);
        }
        else
        {
            numbers.End(ended, facts.IsAbsent);
        }
    }

    public void Execute(ProducerBatch batch, in AttemptFacts facts, in AttemptEnd end)
    {
        var action = LaneRules.Of(facts).Action;
        if (batch.Delivery.OmittedBy is { } omitted && LaneRules.SendsAgain(action))
        {
            Omit(batch, facts, end, omitted);
            return;
        }

        switch (action)
        {
            case LaneAction.Succeed:
                Succeed(batch, end);
                break;
            case LaneAction.Acknowledge:
                outcomes.Acknowledge(batch, -1, -1);
                break;
            case LaneAction.AskLater:
                batch.Delivery.OnLog = OnLog.AskLater;
                batch.Delivery.LastCause = end.Cause;
                gate.AskFor(WhenIdle.Retry);
                break;
            case LaneAction.SendAfterEarlier:
                SendAgain(batch, end);
                break;
            case LaneAction.Renumber:
                Renumber(batch, end);
                break;
            case LaneAction.RenumberUnderNewId:
                numbers.ReplaceIdentity();
                Renumber(batch, end);
                break;
            case LaneAction.Split when TrySplit(batch, end):
                break;
            case LaneAction.SendPlain when Codecs.TryMakePlain(batch, end.Cause.Text):
                SendOtherwise(batch, end);
                break;
            case LaneAction.Retry:
                RememberDoubts(batch, facts, end);
                RetryLater(batch, end);
                break;
            case LaneAction.FailAndReplaceId:
                numbers.ReplaceIdentity();
                RememberDoubts(batch, facts, end);
                outcomes.Fail(batch, ProduceErrorCode.Broker, end.Cause.Text, ErrorCodes.InvalidProducerEpoch);
                break;
            default:
                RememberDoubts(batch, facts, end);
                Fail(batch, end);
                break;
        }
    }

    private void Omit(ProducerBatch batch, in AttemptFacts facts, in AttemptEnd end, ProduceError error)
    {
        if (LaneRules.Of(facts).Action == LaneAction.RenumberUnderNewId)
        {
            numbers.ReplaceIdentity();
        }

        RememberDoubts(batch, facts, end);
        batch.Delivery.LastCause = end.Cause;
        outcomes.Omit(batch, error);
    }

    private void Succeed(ProducerBatch batch, in AttemptEnd end)
    {
        Prove(batch.Delivery.Numbers, end);
        if (batch.Delivery.Numbers is { } own)
        {
            foreach (var earlier in undecided)
            {
                if (earlier == batch)
                {
                    break;
                }

                if (earlier.Delivery.IsWaiting && earlier.Delivery.Numbers?.Identity == own.Identity
                    && LaneRules.Vouches(batch.Delivery.SentBesideOthers, earlier.Delivery.OnLog, earlier.Delivery.Voucher))
                {
                    outcomes.Acknowledge(earlier, -1, -1);
                }
            }
        }

        var answer = end.Answer.GetValueOrDefault();
        if (answer.ErrorCode == ErrorCodes.None)
        {
            undecided.PartIsThere(batch);
            batch.Channel.Limit.Taken(batch.WireBytes, end.Now);
        }

        outcomes.Acknowledge(batch, answer.ErrorCode == ErrorCodes.None ? answer.BaseOffset : -1, answer.LogAppendTimeMs);
    }

    private void Prove(BatchNumbers? taken, in AttemptEnd end) =>
        gate.Prove(taken?.Identity.Id ?? ProducerIdentity.None.Id, end.Connection, end.Now);

    private void Renumber(ProducerBatch batch, in AttemptEnd end)
    {
        numbers.Strip(batch);
        RetryLater(batch, end);
    }

    /// <returns>False where its records cannot be read any more, because its codec is a user's and writes what it should not.</returns>
    private bool TrySplit(ProducerBatch batch, in AttemptEnd end)
    {
        var (channel, bytes) = (batch.Channel, batch.WireBytes);
        channel.Limit.Refused(bytes, end.Now);
        if (!batch.TryMakePlain())
        {
            return false;
        }

        SendOtherwise(batch, end);
        undecided.Split(batch, channel.Limit.Current);
        context.Events.Split(channel.Topic, channel.Partition, batch.Count, bytes, channel.Limit.Current);
        return true;
    }

    /// <summary>Not an attempt, and no back-off: parts are smaller, and a plain batch has no codec to refuse, so this ends.</summary>
    private void SendOtherwise(ProducerBatch batch, in AttemptEnd end)
    {
        batch.Delivery.LastCause = end.Cause;
        if (numbers.IsAfterGap(batch))
        {
            // Batches before it have lost their numbers: with its own it would keep them from getting new ones.
            numbers.Strip(batch);
        }

        gate.AskFor(WhenIdle.Retry);
    }

    private static void RememberDoubts(ProducerBatch batch, in AttemptFacts facts, in AttemptEnd end)
    {
        if (!facts.ProvesAbsence && !facts.IsUnclear)
        {
            batch.Delivery.OnLog = OnLog.Maybe;
        }

        var isTopicUnknown = end.Answer?.ErrorCode is ErrorCodes.UnknownTopicOrPartition or ErrorCodes.UnknownTopicId;
        if (isTopicUnknown && batch.Delivery.Voucher == Voucher.AnySuccess)
        {
            batch.Delivery.Voucher = Voucher.SuccessAfter45;
        }
    }

    private void RetryLater(ProducerBatch batch, in AttemptEnd end)
    {
        gate.BackOff(end.Now);
        SendAgain(batch, end);
    }

    private void SendAgain(ProducerBatch batch, in AttemptEnd end)
    {
        batch.Delivery.LastCause = end.Cause;
        gate.AskFor(WhenIdle.Retry);
        var left = Math.Max(0, context.Retries - batch.Delivery.Attempts + 1);
        var delay = context.Time.Until(end.Now, gate.RetryAt);
        var (channel, attempt, cause) = (batch.Channel, batch.Delivery.Attempts, end.Cause);
        context.Events.Retried(channel.Topic, channel.Partition, batch.Count, attempt, left, cause.Error, delay, cause.Text);
    }

    private void Fail(ProducerBatch batch, in AttemptEnd end)
    {
        undecided.PartHasFailed(batch);
        if (end.Answer is not { } answer)
        {
            batch.Delivery.LastCause = end.Cause;
            var tried = FailureText.WhatWasTried(batch);
            outcomes.Fail(batch, ProduceErrorCode.Broker, $"{tried} No retries are left (Retries = {context.Retries}).");
            return;
        }

        var text = FailureText.Refused(answer, batch, end.Cause);
        var error = outcomes.Fail(batch, LaneRules.FailureOf(answer.ErrorCode), text, answer.ErrorCode);
        if (RecordErrors.Of(answer, batch.Count, error) is { } ranges)
        {
            outcomes.TellApart(batch, ranges);
        }
    }
}

/// <summary>How the request with a batch ended.</summary>
/// <param name="Answer">The broker's answer for the batch's partition; null = there was none.</param>
/// <param name="Cause">What went wrong.</param>
/// <param name="Connection">Where it was sent.</param>
/// <param name="Now">Monotonic time.</param>
internal readonly record struct AttemptEnd(PartitionAnswer? Answer, AttemptFailure Cause, BrokerConnection Connection, long Now);
