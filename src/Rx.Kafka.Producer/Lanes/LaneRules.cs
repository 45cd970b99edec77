using Rx.Kafka.Batching;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Lanes;

/// <summary>
/// The rules of order and idempotence as a table: what the end of one attempt means, given what is known about the batch and its lane.
/// Pure; <see cref="LaneActions"/> gathers the facts and executes the action.
/// </summary>
internal static class LaneRules
{
    /// <summary>The first row that holds. The compiler refuses a row that no fact can reach.</summary>
    public static LaneRule Of(in AttemptFacts facts) => facts switch
    {
        // Its outcome is told already: only the lane's numbers are left to settle.
        { IsGivenUp: true, Answer: AnswerKind.Success or AnswerKind.Duplicate } => new(1, LaneAction.Prove),
        { IsGivenUp: true } => new(2, LaneAction.EndNumbers),
        { Answer: AnswerKind.Success } => new(3, LaneAction.Succeed),
        { Answer: AnswerKind.Duplicate } => new(4, LaneAction.Succeed),

        // An earlier batch is certainly not on the log, so this one is not either.
        { Answer: AnswerKind.OutOfOrder, IsAfterGap: true } => new(5, LaneAction.Renumber),

        // Its own attempt took its place on the log: a later batch is there.
        { Answer: AnswerKind.OutOfOrder, IsUnclear: true, IsVouchedFor: true } => new(6, LaneAction.Acknowledge),

        // A restarted broker remembers only the last batch, and refuses older ones that it has.
        { Answer: AnswerKind.OutOfOrder, IsUnclear: true } => new(7, LaneAction.AskLater),

        // The expected answer after an earlier batch failed.
        { Answer: AnswerKind.OutOfOrder, HasEarlier: true } => new(8, LaneAction.SendAfterEarlier),

        // The broker lost our state.
        { Answer: AnswerKind.OutOfOrder } => new(9, LaneAction.Renumber),
        { Answer: AnswerKind.UnknownId } => new(10, LaneAction.Renumber),
        { Answer: AnswerKind.StaleEpoch, IsAbsent: true } => new(11, LaneAction.RenumberUnderNewId),
        { Answer: AnswerKind.StaleEpoch } => new(12, LaneAction.FailAndReplaceId),

        // An earlier attempt may be on the log: the parts keep its numbers, so the broker takes none of them then.
        { Answer: AnswerKind.TooLarge, ProvesAbsence: true, HasManyRecords: true } => new(13, LaneAction.Split),
        { Answer: AnswerKind.UnsupportedCodec, ProvesAbsence: true, HasOtherCodec: true } => new(14, LaneAction.SendPlain),
        { Answer: AnswerKind.None, IsAfterGap: true } => new(15, LaneAction.Renumber),
        { Answer: AnswerKind.Retriable, IsAfterGap: true, HasRetries: true } => new(15, LaneAction.Renumber),
        { Answer: AnswerKind.None or AnswerKind.Retriable, HasRetries: true } => new(16, LaneAction.Retry),
        _ => new(17, LaneAction.Fail),
    };

    /// <summary>Whether the batch would go out again, or wait for what a later one tells.</summary>
    public static bool SendsAgain(LaneAction action) => action is LaneAction.AskLater or LaneAction.SendAfterEarlier or LaneAction.Renumber
        or LaneAction.RenumberUnderNewId or LaneAction.Split or LaneAction.SendPlain or LaneAction.Retry;

    /// <summary>
    /// Whether a success tells that an earlier batch of the same id and epoch, which waits for its outcome, is on the log too.
    /// </summary>
    /// <param name="successBesideOthers">The success was sent while another batch was in flight: the broker checked its sequence.</param>
    /// <param name="earlier">Whether the earlier batch may be on the log.</param>
    /// <param name="voucher">Which success may tell.</param>
    public static bool Vouches(bool successBesideOthers, OnLog earlier, Voucher voucher) => (earlier, voucher) switch
    {
        (OnLog.No, _) or (_, Voucher.Nobody) => false,
        (OnLog.AskLater, _) => true,
        (_, Voucher.AnySuccess) => successBesideOthers,
        _ => false,
    };

    public static AnswerKind KindOf(short errorCode, bool isIdempotent) => errorCode switch
    {
        ErrorCodes.None => AnswerKind.Success,
        ErrorCodes.DuplicateSequenceNumber => AnswerKind.Duplicate,
        ErrorCodes.OutOfOrderSequenceNumber when isIdempotent => AnswerKind.OutOfOrder,
        ErrorCodes.UnknownProducerId when isIdempotent => AnswerKind.UnknownId,
        ErrorCodes.InvalidProducerEpoch when isIdempotent => AnswerKind.StaleEpoch,
        ErrorCodes.MessageTooLarge => AnswerKind.TooLarge,
        ErrorCodes.UnsupportedCompressionType => AnswerKind.UnsupportedCodec,
        _ when ErrorTable.Get(errorCode).Retriable => AnswerKind.Retriable,
        _ => AnswerKind.Refused,
    };

    /// <summary>
    /// Whether an answer proves that its attempt is not on the log. An error that comes with an offset says that something was written.
    /// </summary>
    public static bool ProvesAbsence(in PartitionAnswer answer) =>
        ErrorTable.Get(answer.ErrorCode).Appended == Appended.No && answer.BaseOffset < 0;

    /// <summary>What the records of a batch fail with.</summary>
    public static ProduceErrorCode FailureOf(short errorCode) => errorCode switch
    {
        ErrorCodes.MessageTooLarge => ProduceErrorCode.RecordTooLarge,
        ErrorCodes.InvalidTopic => ProduceErrorCode.TopicUnknown,
        ErrorCodes.ProducerFenced => ProduceErrorCode.Fenced,
        _ when ErrorTable.Get(errorCode).Authorization => ProduceErrorCode.Authorization,
        _ => ProduceErrorCode.Broker,
    };

    public static bool EndsProducer(short errorCode) =>
        errorCode is ErrorCodes.TransactionalIdAuthorizationFailed or ErrorCodes.ProducerFenced;
}

/// <summary>What is known when an attempt has ended.</summary>
internal readonly record struct AttemptFacts
{
    public required AnswerKind Answer { get; init; }

    /// <summary>The batch got its outcome while it was in flight (delivery timeout, purge, dispose).</summary>
    public bool IsGivenUp { get; init; }

    /// <summary>The answer proves that this attempt was not appended.</summary>
    public bool ProvesAbsence { get; init; }

    /// <summary>An earlier attempt may be on the log.</summary>
    public bool IsUnclear { get; init; }

    /// <summary>A lower sequence number of this id and epoch is known absent.</summary>
    public bool IsAfterGap { get; init; }

    /// <summary>A later batch of this id and epoch is acknowledged, and may vouch for this one.</summary>
    public bool IsVouchedFor { get; init; }

    /// <summary>An earlier batch is still to be sent or in flight; one that only awaits a later answer is not.</summary>
    public bool HasEarlier { get; init; }

    public bool HasRetries { get; init; }

    public bool HasManyRecords { get; init; }

    /// <summary>The batch is compressed, and may go otherwise.</summary>
    public bool HasOtherCodec { get; init; }

    /// <summary>No attempt is on the log.</summary>
    public bool IsAbsent => ProvesAbsence && !IsUnclear;
}

/// <summary>A row of the table.</summary>
internal readonly record struct LaneRule(int Row, LaneAction Action);

/// <summary>How an attempt ended, as far as the rules tell answers apart.</summary>
internal enum AnswerKind
{
    /// <summary>The connection was lost, or the answer did not name the partition.</summary>
    None,
    Success,

    /// <summary>DUPLICATE_SEQUENCE_NUMBER (46).</summary>
    Duplicate,

    /// <summary>OUT_OF_ORDER_SEQUENCE_NUMBER (45), with idempotence.</summary>
    OutOfOrder,

    /// <summary>UNKNOWN_PRODUCER_ID (59), with idempotence: nothing of this producer is there.</summary>
    UnknownId,

    /// <summary>INVALID_PRODUCER_EPOCH (47), with idempotence.</summary>
    StaleEpoch,

    /// <summary>MESSAGE_TOO_LARGE (10).</summary>
    TooLarge,

    /// <summary>UNSUPPORTED_COMPRESSION_TYPE (76).</summary>
    UnsupportedCodec,
    Retriable,

    /// <summary>Any other error.</summary>
    Refused,
}

/// <summary>What the lane does.</summary>
internal enum LaneAction
{
    /// <summary>The broker knows our producer id.</summary>
    Prove,

    /// <summary>The lane's numbers end; a batch that is absent leaves a gap.</summary>
    EndNumbers,

    /// <summary>Acknowledge with the offset told; it proves the connection and vouches for earlier batches.</summary>
    Succeed,

    /// <summary>Acknowledge without an offset.</summary>
    Acknowledge,

    /// <summary>It is absent: it and all later batches in no request get new numbers; again after the back-off.</summary>
    Renumber,

    /// <summary>The same under another producer id.</summary>
    RenumberUnderNewId,

    /// <summary>The lane needs another producer id, and this batch may be on the log under the old one.</summary>
    FailAndReplaceId,

    /// <summary>Leave it undecided: the answer to a later batch tells, or nobody can.</summary>
    AskLater,

    /// <summary>Again under the same numbers, after the earlier ones and without a back-off of its own.</summary>
    SendAfterEarlier,

    /// <summary>Its parts share its numbers; they get new ones if it is known absent by a gap.</summary>
    Split,

    /// <summary>Later batches take another codec, and this one goes plain; its numbers are as with a split.</summary>
    SendPlain,

    /// <summary>Again under the same numbers after the back-off; unclear unless its absence is proven.</summary>
    Retry,

    /// <summary>It fails for good; the numbers end, with a gap if it is absent.</summary>
    Fail,
}
