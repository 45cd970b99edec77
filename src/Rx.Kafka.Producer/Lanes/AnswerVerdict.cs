using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Lanes;

/// <summary>What one answer to one batch means, from the one table of error knowledge. Pure.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="ProvesAbsence">Whether the answer proves that this attempt is not on the log.</param>
/// <param name="BaseOffset">Of an acknowledged batch; −1 where the broker cannot say.</param>
/// <param name="RefreshMetadata">Whether our view of the cluster is out of date.</param>
/// <param name="Code">The error a failed batch's records get.</param>
/// <param name="IsFatal">Whether the producer ends.</param>
internal readonly record struct AnswerVerdict(VerdictKind Kind, bool ProvesAbsence, long BaseOffset, bool RefreshMetadata, ProduceErrorCode Code, bool IsFatal)
{
    private const short MessageTooLarge = 10;
    private const short InvalidTopic = 17;
    private const short OutOfOrderSequenceNumber = 45;
    private const short DuplicateSequenceNumber = 46;
    private const short InvalidProducerEpoch = 47;
    private const short TransactionalIdAuthorizationFailed = 53;
    private const short UnknownProducerId = 59;
    private const short ProducerFenced = 90;

    /// <summary>The verdict on an answer.</summary>
    /// <param name="answer">The broker's answer for the batch's partition.</param>
    /// <param name="mayRetry">Whether retries are left.</param>
    /// <param name="isIdempotent">Whether batches carry numbers.</param>
    public static AnswerVerdict Of(in PartitionAnswer answer, bool mayRetry, bool isIdempotent)
    {
        ref readonly var error = ref ErrorTable.Get(answer.ErrorCode);

        // Any error that comes with an offset says that something was written.
        var absent = error.Appended == Appended.No && answer.BaseOffset < 0;
        return answer.ErrorCode switch
        {
            0 => new(VerdictKind.Ack, false, answer.BaseOffset, false, default, false),
            DuplicateSequenceNumber => new(VerdictKind.Ack, false, -1, false, default, false),
            OutOfOrderSequenceNumber when isIdempotent => new(VerdictKind.OutOfOrder, absent, -1, false, ProduceErrorCode.Broker, false),
            UnknownProducerId when isIdempotent => new(VerdictKind.Forgotten, true, -1, false, ProduceErrorCode.Broker, false),
            InvalidProducerEpoch when isIdempotent => new(VerdictKind.StaleEpoch, absent, -1, false, ProduceErrorCode.Broker, false),
            MessageTooLarge => new(VerdictKind.Split, absent, -1, false, ProduceErrorCode.RecordTooLarge, false),
            _ when error.Retriable && mayRetry => new(VerdictKind.Retry, absent, -1, error.InvalidMetadata, default, false),
            _ => new(VerdictKind.Fail, absent, -1, error.InvalidMetadata, CodeOf(error), answer.ErrorCode is TransactionalIdAuthorizationFailed or ProducerFenced),
        };
    }

    private static ProduceErrorCode CodeOf(in ErrorInfo error) => error.Code switch
    {
        InvalidTopic => ProduceErrorCode.TopicUnknown,
        ProducerFenced => ProduceErrorCode.Fenced,
        _ when error.Authorization => ProduceErrorCode.Authorization,
        _ => ProduceErrorCode.Broker,
    };
}

/// <summary>What an answer means for a batch.</summary>
internal enum VerdictKind
{
    /// <summary>It is on the log.</summary>
    Ack,

    /// <summary>Send it again, after the back-off, under its own numbers.</summary>
    Retry,

    /// <summary>OUT_OF_ORDER_SEQUENCE_NUMBER: what it means depends on the batches around it.</summary>
    OutOfOrder,

    /// <summary>UNKNOWN_PRODUCER_ID: nothing of this producer is there; it gets new numbers.</summary>
    Forgotten,

    /// <summary>INVALID_PRODUCER_EPOCH: the lane needs another producer id.</summary>
    StaleEpoch,

    /// <summary>MESSAGE_TOO_LARGE: its halves are sent, where it is known absent and has more than one record; else it fails for good.</summary>
    Split,

    /// <summary>It fails for good.</summary>
    Fail,
}
