using Microsoft.Extensions.Logging;
using Rx.Kafka.Batching;
using Rx.Kafka.Concurrency;
using Rx.Kafka.Diagnostics;
using Rx.Kafka.Metadata;
using Rx.Kafka.Network;
using Rx.Kafka.Protocol;
using Rx.Kafka.Protocol.Messages;

namespace Rx.Kafka.Sending;

/// <summary>What all loops of one producer share.</summary>
internal sealed class SendingContext
{
    private readonly Lock _randomLock = new();
    private readonly LogRate _failures;

    public SendingContext(TimeProvider time) => _failures = new LogRate(time);

    public required KafkaProducerOptions Options { get; init; }

    public required BatchingContext Batching { get; init; }

    public required ClusterMetadata Metadata { get; init; }

    public required ProducerIds ProducerIds { get; init; }

    public required Connector Connector { get; init; }

    public required ILogger Logger { get; init; }

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

    /// <summary>"NOT_LEADER_OR_FOLLOWER from broker at host:port".</summary>
    public static string Describe(in PartitionAnswer answer, BrokerConnection connection) =>
        answer.ErrorCode == 0 ? "" : $"{ErrorTable.Get(answer.ErrorCode).Name} from {connection.Name}";

    /// <summary>The text of a refusal, with the broker's own words where it gave some, and the remedy.</summary>
    public string Explain(in PartitionAnswer answer, ProducerBatch batch, string cause)
    {
        const short MessageTooLarge = 10;
        ref readonly var error = ref ErrorTable.Get(answer.ErrorCode);
        var where = $"topic {batch.Channel.Topic} partition {batch.Channel.Partition}";
        var remedy = answer.ErrorCode == MessageTooLarge
            ? $" It has {batch.Bytes} bytes with {batch.Count} record(s); raise the topic's max.message.bytes, or send smaller records."
            : "";
        return $"{where}: {cause}: {answer.ErrorMessage ?? error.Description}{remedy}";
    }

    public void Split(ProducerBatch batch, string cause) =>
        SendingLog.Splitting(Logger, batch.Channel.Topic, batch.Channel.Partition, batch.Count, batch.Bytes, cause);

    public void Retried(ProducerBatch batch, string cause) =>
        SendingLog.Retrying(Logger, batch.Channel.Topic, batch.Channel.Partition, batch.Count, batch.Attempts, cause);

    /// <summary>A batch failed for good: one line a second says so, with how many records it stands for.</summary>
    public void Failed(ProducerBatch batch, ProduceError error)
    {
        if (_failures.Passes(batch.Count, out var total))
        {
            SendingLog.RecordsFailed(Logger, total, batch.Channel.Topic, batch.Channel.Partition, error.Code, error.Persistence, error.Message);
        }
    }
}
