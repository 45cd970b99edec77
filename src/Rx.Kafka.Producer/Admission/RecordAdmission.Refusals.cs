using Rx.Kafka.Batching;

namespace Rx.Kafka.Admission;

/// <summary>Records that are not taken: too large, without a topic, misnamed.</summary>
internal sealed partial class RecordAdmission
{
    /// <summary>The longest name of a topic, in characters: Kafka's limit, kept here because a much longer one fits no request.</summary>
    public const int LongestName = 249;

    private OfferResult Refuse(ref RecordOffer offer, ProduceError error)
    {
        _context.Batching.Events.Refused(error.Code);
        offer.Trace?.Refuse(error.Code.ToString(), error.Message);
        offer.Error = error;
        return OfferResult.Refused;
    }

    private static ProduceError Misnamed(string topic) => topic.Length == 0
        ? new(
            ProduceErrorCode.InvalidRecord,
            "The record has no topic (default(Record), or an empty name). Name one: new Record(\"orders\", value).")
        : new(
            ProduceErrorCode.TopicUnknown,
            $"The topic name '{topic[..32]}...' has {topic.Length} characters; the limit is {LongestName}. Shorten it.");

    private ProduceError TooLarge(long size)
    {
        var options = _context.Options;
        var limit = options.MaxRequestSize <= _largest
            ? $"MaxRequestSize ({options.MaxRequestSize} bytes)"
            : $"BufferMemory ({options.BufferMemory} bytes)";
        var remedy = "Raise the limit (and the topic's max.message.bytes), or split the record.";
        return new(ProduceErrorCode.RecordTooLarge, $"The record takes up to {size} bytes, more than {limit}. {remedy}");
    }
}
