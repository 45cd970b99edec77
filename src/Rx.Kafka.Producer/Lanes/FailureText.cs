using Rx.Kafka.Batching;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Lanes;

/// <summary>What people read about an attempt or a batch that failed.</summary>
internal static class FailureText
{
    // The checksum is right when a batch leaves, so bytes that are spoilt on their way are not refused again and again.
    private const string NoKeyHint =
        " Old brokers answer so for a record without key on a compacted topic: give it a key.";

    private static readonly AttemptFailure NoFailure = new("", "");
    private static readonly string CorruptMessage = ErrorTable.Get(ErrorCodes.CorruptMessage).Name;

    /// <summary>"NOT_LEADER_OR_FOLLOWER from broker 2 at host:port".</summary>
    public static AttemptFailure Of(in PartitionAnswer answer, BrokerConnection connection, int broker)
    {
        if (answer.ErrorCode == ErrorCodes.None)
        {
            return NoFailure;
        }

        var error = ErrorTable.Get(answer.ErrorCode).Name;
        return new AttemptFailure(error, $"{error} from broker {broker} at {connection.Name}");
    }

    /// <summary>The same where no answer came.</summary>
    public static AttemptFailure Of(string reason, BrokerConnection connection, int broker)
    {
        var error = ErrorTable.Get(ErrorCodes.NetworkException).Name;
        return new AttemptFailure(error, $"{error} with broker {broker} at {connection.Name} ({reason.TrimEnd('.')})");
    }

    /// <summary>"3 attempts, last: NOT_LEADER_OR_FOLLOWER from broker 2 at host:port."</summary>
    public static string WhatWasTried(ProducerBatch batch)
    {
        ref readonly var delivery = ref batch.Delivery;
        if (delivery.Attempts == 0)
        {
            return delivery.LastCause is { } cause ? $"Not sent since its batch was split; before: {cause}." : "Never sent.";
        }

        var attempts = delivery.Attempts == 1 ? "1 attempt" : $"{delivery.Attempts} attempts";
        var now = delivery.IsInFlight ? ", the last one not answered" : "";
        var before = delivery.LastCause is null ? "" : $"{(delivery.IsInFlight ? "; before it" : ", last")}: {delivery.LastCause}";
        return $"{attempts}{now}{before}.{(delivery.LastCause?.Error == CorruptMessage ? CorruptHint(batch) : "")}";
    }

    /// <summary>The text of a refusal, with the broker's own words where it gave some, and the remedy.</summary>
    public static string Refused(in PartitionAnswer answer, ProducerBatch batch, AttemptFailure cause)
    {
        var attempts = batch.Delivery.Attempts > 1 ? $"{batch.Delivery.Attempts} attempts, last: " : "";
        var words = answer.ErrorMessage ?? ErrorTable.Get(answer.ErrorCode).Description;
        var remedy = answer.ErrorCode switch
        {
            ErrorCodes.MessageTooLarge =>
                $" It has {batch.WireBytes} bytes with {batch.Count} record(s); raise the topic's max.message.bytes, or send smaller "
                + "records.",
            ErrorCodes.CorruptMessage => CorruptHint(batch),
            ErrorCodes.TopicAuthorizationFailed => " Grant this client's principal WRITE on it.",
            ErrorCodes.UnsupportedCompressionType when batch.Codec != CompressionType.None =>
                " Allow another codec, for example Compression.Zstd.Or(Compression.Lz4) (compression.type=zstd,lz4).",
            _ => "",
        };
        return $"{Where(batch.Channel)}: {attempts}{cause}: {words}{remedy}";
    }

    /// <summary>Why a batch fails whose time is over; the lane adds what was tried, and what that means for the log.</summary>
    public static string TimedOut(ProducerBatch batch, TimeSpan age, TimeSpan limit, string owner)
    {
        var waits = batch.Delivery.Numbers is null && LaneLoop.LaneOf(batch).WaitsForProducerId ? ", which waits for a producer id" : "";
        return $"Not acknowledged after {age.TotalMilliseconds:0} ms, the limit is DeliveryTimeout (delivery.timeout.ms) = "
            + $"{limit.TotalMilliseconds:0} ms; raise it to wait longer: {Where(batch.Channel)}, {owner}{waits}.";
    }

    private static string CorruptHint(ProducerBatch batch) => batch.Codec == CompressionType.None
        ? NoKeyHint
        : $" It was compressed with {batch.Codec}: a codec of your own must write what Kafka reads. {NoKeyHint.TrimStart()}";

    private static string Where(PartitionChannel channel) => $"topic {channel.Topic} partition {channel.Partition}";
}
