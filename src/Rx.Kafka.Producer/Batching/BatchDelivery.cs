using Rx.Kafka.Outcomes;

namespace Rx.Kafka.Batching;

/// <summary>
/// What a lane knows about a drained batch. Only the loop that owns the lane reads and writes it. The default is a batch that was never
/// sent.
/// </summary>
internal struct BatchDelivery
{
    /// <summary>The numbers it goes out under; null = none yet, or none at all without idempotence.</summary>
    public BatchNumbers? Numbers;

    /// <summary>Whether an attempt may have been appended.</summary>
    public OnLog OnLog;

    /// <summary>Which later success tells that it is on the log.</summary>
    public Voucher Voucher;

    /// <summary>How often it was handed to a connection.</summary>
    public int Attempts;

    /// <summary>A request that names it has not ended.</summary>
    public bool IsInFlight;

    /// <summary>Its last attempt went out while another batch of the lane was in flight.</summary>
    public bool SentBesideOthers;

    /// <summary>What was decided of it; published when all batches before it are decided.</summary>
    public BatchOutcome? Outcome;

    /// <summary>An earlier record of its sink failed, which halts: in flight it is told as it is, and it is not sent again.</summary>
    public ProduceError? OmittedBy;

    /// <summary>The last thing that went wrong with it.</summary>
    public AttemptFailure? LastCause;

    public readonly bool IsUnclear => OnLog != OnLog.No;

    /// <summary>It may be on the log of a topic that was recreated, or on the new one's: neither log tells of the other.</summary>
    public readonly bool MayBeOnOtherLog => IsUnclear && Voucher == Voucher.Nobody;

    /// <summary>Only the answer to a later batch can tell whether it is on the log.</summary>
    public readonly bool IsQuestion => OnLog == OnLog.AskLater;

    /// <summary>It has no outcome, and no request names it.</summary>
    public readonly bool IsWaiting => Outcome is null && !IsInFlight;

    /// <summary>It must go out (again).</summary>
    public readonly bool IsToSend => IsWaiting && !IsQuestion;
}

/// <summary>Whether a batch may be on the log.</summary>
internal enum OnLog
{
    /// <summary>Each attempt is proven absent, or there was none.</summary>
    No,

    /// <summary>An attempt was handed to a connection and is neither acknowledged nor proven absent: the batch is unclear.</summary>
    Maybe,

    /// <summary>The same, and the broker answered OUT_OF_ORDER: it is not sent again, the answer to a later batch decides.</summary>
    AskLater,
}

/// <summary>Which later success vouches for an unclear batch.</summary>
internal enum Voucher
{
    /// <summary>Any that was sent beside others, and any after an OUT_OF_ORDER.</summary>
    AnySuccess,

    /// <summary>It was answered UNKNOWN_TOPIC_OR_PARTITION: the topic may have been recreated before a later batch succeeded.</summary>
    SuccessAfter45,

    /// <summary>An attempt may be on the log of a topic that was recreated since.</summary>
    Nobody,
}

/// <summary>A batch's producer id, epoch and the sequence number of its first record.</summary>
internal readonly record struct BatchNumbers(ProducerIdentity Identity, int BaseSequence);

/// <summary>Who wrote a batch: producer id and epoch; −1 and −1 without idempotence.</summary>
internal readonly record struct ProducerIdentity(long Id, short Epoch)
{
    public static ProducerIdentity None { get; } = new(-1, -1);

    public bool IsNone => Id < 0;
}

/// <summary>Why an attempt to send a batch failed.</summary>
/// <param name="Error">Kafka's name of the error: one of few, for counters.</param>
/// <param name="Text">The same with who said so, for people.</param>
internal sealed record AttemptFailure(string Error, string Text)
{
    public override string ToString() => Text;
}
