using Rx.Kafka.Outcomes;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Lanes;

/// <summary>
/// KIP-467: a broker that refuses a batch because of some of its records names them. Nothing of the batch is on the log; each record is
/// told which kind it is of.
/// </summary>
internal static class RecordErrors
{
    /// <summary>
    /// The error of each record: those that are named get the broker's words, the others learn why they were refused too.
    /// </summary>
    /// <param name="answer">The broker's answer.</param>
    /// <param name="count">The batch's records.</param>
    /// <param name="error">What the batch as a whole fails with.</param>
    /// <returns>Null where no record of the batch is named.</returns>
    public static OutcomeRange[]? Of(in PartitionAnswer answer, int count, ProduceError error)
    {
        // Numbers and their order come from the network.
        var named = new SortedDictionary<int, string?>();
        foreach (var refused in answer.RecordErrors)
        {
            if (refused.BatchIndex >= 0 && refused.BatchIndex < count)
            {
                named.TryAdd(refused.BatchIndex, refused.Message);
            }
        }

        if (named.Count == 0)
        {
            return null;
        }

        var words = answer.ErrorMessage ?? ErrorTable.Get(answer.ErrorCode).Description;
        var why = $"{named.Count} other(s) of its batch were refused, and the broker takes a batch whole. Send it again.";
        var others = error with { Message = $"{error.Message} Nothing is wrong with this record: {why}" };
        var ranges = new List<OutcomeRange>();
        var next = 0;
        foreach (var (index, message) in named)
        {
            if (index > next)
            {
                ranges.Add(new OutcomeRange(next, -1, others));
            }

            var text = $"{error.Message} This record was refused: {message ?? words}";
            ranges.Add(new OutcomeRange(index, -1, error with { Code = ProduceErrorCode.InvalidRecord, Message = text }));
            next = index + 1;
        }

        if (next < count)
        {
            ranges.Add(new OutcomeRange(next, -1, others));
        }

        return [.. ranges];
    }
}
