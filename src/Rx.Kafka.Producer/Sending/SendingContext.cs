using Microsoft.Extensions.Logging;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Lanes;
using Rx.Kafka.Metadata;
using Rx.Kafka.Network;
using Rx.Kafka.Options;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Sending;

/// <summary>What all loops of one producer share.</summary>
internal sealed class SendingContext
{
    private const short NetworkException = 13;
    private static readonly AttemptFailure NoFailure = new("", "");

    private readonly Lock _randomLock = new();

    public required KafkaProducerOptions Options { get; init; }

    public required BatchingContext Batching { get; init; }

    public required ClusterMetadata Metadata { get; init; }

    public required ProducerIds ProducerIds { get; init; }

    public required Connector Connector { get; init; }

    public required ILogger Logger { get; init; }

    public required SendingEvents Events { get; init; }

    /// <summary>The producer's chance; others take seeds of it.</summary>
    public required Random Random { get; init; }

    /// <summary>Ends the producer with a fatal error. Any loop; returns at once.</summary>
    public required Action<ProduceError> EndProducer { get; init; }

    public TimeProvider Time => Batching.Time;

    public bool IsIdempotent => ProducerIds.IsIdempotent;

    public int Retries => Options.Retries;

    /// <summary>With acks = 0 nobody knows more than that the bytes left.</summary>
    public Persistence SuccessPersistence => Options.RequiredAcks == RequiredAcks.None ? Persistence.PossiblyPersisted : Persistence.Persisted;

    public Backoff NewRetryBackoff() => new(Options.EffectiveRetryBackoff, Options.RetryBackoffMax, NewRandom());

    public Random NewRandom()
    {
        lock (_randomLock)
        {
            return new Random(Random.Next());
        }
    }

    /// <summary>"NOT_LEADER_OR_FOLLOWER from broker 2 at host:port".</summary>
    public static AttemptFailure Describe(in PartitionAnswer answer, BrokerConnection connection, LoopOwner owner)
    {
        if (answer.ErrorCode == 0)
        {
            return NoFailure;
        }

        var error = ErrorTable.Get(answer.ErrorCode).Name;
        return new AttemptFailure(error, $"{error} from {NameOf(connection, owner)}");
    }

    /// <summary>The same where no answer came.</summary>
    public static AttemptFailure Describe(string reason, BrokerConnection connection, LoopOwner owner)
    {
        var error = ErrorTable.Get(NetworkException).Name;
        return new AttemptFailure(error, $"{error} with {NameOf(connection, owner)} ({reason.TrimEnd('.')})");
    }

    /// <summary>"3 attempts, last: NOT_LEADER_OR_FOLLOWER from broker 2 at host:port."</summary>
    public static string WhatWasTried(ProducerBatch batch)
    {
        if (batch.Attempts == 0)
        {
            return "Never sent.";
        }

        var attempts = batch.Attempts == 1 ? "1 attempt" : $"{batch.Attempts} attempts";
        var before = batch.LastCause is null ? "" : batch.IsInFlight ? $"; before it: {batch.LastCause}" : $", last: {batch.LastCause}";
        return $"{attempts}{(batch.IsInFlight ? ", the last one not answered" : "")}{before}.";
    }

    /// <summary>The text of a refusal, with the broker's own words where it gave some, and the remedy.</summary>
    public static string Explain(in PartitionAnswer answer, ProducerBatch batch, AttemptFailure cause)
    {
        const short MessageTooLarge = 10;
        ref readonly var error = ref ErrorTable.Get(answer.ErrorCode);
        var where = $"topic {batch.Channel.Topic} partition {batch.Channel.Partition}";
        var attempts = batch.Attempts > 1 ? $"{batch.Attempts} attempts, last: " : "";
        var remedy = answer.ErrorCode == MessageTooLarge
            ? $" It has {batch.Bytes} bytes with {batch.Count} record(s); raise the topic's max.message.bytes, or send smaller records."
            : "";
        return $"{where}: {attempts}{cause}: {answer.ErrorMessage ?? error.Description}{remedy}";
    }

    /// <summary>Why a batch fails whose time is over; the lane adds what was tried, and what that means for the log.</summary>
    public ProduceError TimedOut(ProducerBatch batch, long now, string owner) => new(
        ProduceErrorCode.DeliveryTimeout,
        $"Not acknowledged after {Time.GetElapsedTime(batch.OpenedAt, now).TotalMilliseconds:0} ms, the limit is DeliveryTimeout (delivery.timeout.ms) = {Options.EffectiveDeliveryTimeout.TotalMilliseconds:0} ms; raise it to wait longer: topic {batch.Channel.Topic} partition {batch.Channel.Partition}, {owner}{(batch.BaseSequence < 0 && ((PartitionLane)batch.Channel.Lane).WaitsForProducerId ? ", which waits for a producer id" : "")}.");

    /// <summary>An attempt failed for the reason the batch remembers, and is made again.</summary>
    public void Retried(ProducerBatch batch, TimeSpan delay) => Events.Retried(
        batch.Channel.Topic, batch.Channel.Partition, batch.Count, batch.Attempts, Math.Max(0, Retries - batch.Attempts + 1), batch.LastCause!.Error, delay, batch.LastCause.Text);

    /// <summary>A batch failed for good.</summary>
    public void Failed(ProducerBatch batch, ProduceError error)
    {
        var (topic, partition) = (batch.Channel.Topic, batch.Channel.Partition);
        if (error.Code == ProduceErrorCode.DeliveryTimeout)
        {
            Events.Expired(topic, partition, batch.Count, batch.Attempts, batch.LastCause?.Error, error);
        }
        else
        {
            var name = error.BrokerErrorCode is { } code ? ErrorTable.Get(code).Name : error.Code.ToString();
            Events.Failed(topic, partition, batch.Count, batch.UnobservedRecords, name, error);
        }
    }

    private static string NameOf(BrokerConnection connection, LoopOwner owner) =>
        owner is BrokerSender sender ? $"broker {sender.BrokerId} at {connection.Name}" : connection.Name;
}
