using System.Net;
using System.Net.Sockets;
using Rx.Kafka.Tool.Showing;

namespace Rx.Kafka.Tool.Doctor;

/// <summary>The cluster that a bootstrap server told of: its brokers, a topic, a record.</summary>
internal sealed class ClusterExamination(KafkaProducerOptions options, Bedside bedside)
{
    // A topic that is there is in the first answer: only one that is not would be waited for as long as MaxBlock.
    private static readonly TimeSpan MostForTopic = TimeSpan.FromSeconds(2);

    /// <summary>Connects to each broker where clients are told to: a wrong advertised address is the commonest mistake.</summary>
    public async Task<bool> BrokersAsync(IReadOnlyList<BrokerAddress> brokers)
    {
        var all = true;
        foreach (var broker in brokers)
        {
            all &= await bedside.StepAsync(Checkpoint.Brokers, async cancellationToken =>
            {
                var name = $"{broker.Id} at {broker.Host}:{broker.Port}";
                try
                {
                    var addresses = await Dns.GetHostAddressesAsync(broker.Host, cancellationToken);
                    using var socket = await Wire.ConnectAsync(addresses, broker.Port, bedside, cancellationToken);
                    return (true, broker.Rack is { } rack ? $"{name}, rack {rack}" : name);
                }
                catch (Exception fault) when (fault is SocketException or ArgumentException)
                {
                    return (false, $"Broker {name} cannot be connected to: {FaultText.Of(fault)}. The cluster tells clients to go there: "
                        + "see advertised.listeners of that broker.");
                }
            });
        }

        return all;
    }

    /// <summary>Looks at the topic, and sends a record if that is wanted.</summary>
    public async Task TopicAsync(string topic, bool sends)
    {
        var limit = options.MaxBlock < MostForTopic ? options.MaxBlock : MostForTopic;
        await using var producer = new KafkaProducer(options with { AllowAutoCreateTopics = false, MaxBlock = limit });
        var isThere = await bedside.StepAsync(
            Checkpoint.Topic, cancellationToken => LookAsync(producer, topic, limit, cancellationToken));
        if (!isThere)
        {
            return;
        }

        if (!sends)
        {
            const string NotTried = "not tried: --send sends one, which shows that you may write";
            bedside.Tell(new Finding(Checkpoint.Record, IsWell: true, NotTried, null));
            return;
        }

        await bedside.StepAsync(Checkpoint.Record, async cancellationToken =>
        {
            try
            {
                var ack = await producer.SendAsync(new Record(topic, "rxkafka doctor"), cancellationToken);
                return (true, $"{ack.Topic}[{ack.Partition}] has it at offset {ack.Offset}");
            }
            catch (KafkaException fault)
            {
                return (false, fault.Message);
            }
        });
    }

    private async Task<(bool IsWell, string Text)> LookAsync(
        KafkaProducer producer, string topic, TimeSpan limit, CancellationToken cancellationToken)
    {
        var began = bedside.Time.GetTimestamp();
        var asked = began;
        while (true)
        {
            try
            {
                await producer.ConnectAsync(cancellationToken);
                asked = bedside.Time.GetTimestamp();
                return Describe(topic, await producer.GetPartitionsAsync(topic, cancellationToken));
            }
            catch (KafkaException fault)
            {
                var waited = bedside.Time.GetElapsedTime(asked);

                // A refusal comes at once; the end of the limit by a timer, which may be a little early.
                var isRefused = waited < limit / 2;
                if (!isRefused && producer.GetStatus().SinceMetadata < waited)
                {
                    return (false, $"The topic is not there: the brokers answer, and do not know topic '{topic}'. "
                        + $"Check its name (case counts), or create it: kafka-topics.sh --create --topic {topic}");
                }

                if (isRefused || bedside.Time.GetElapsedTime(began) + limit > options.MaxBlock)
                {
                    return (false, fault.Message);
                }
            }
        }
    }

    private static (bool IsWell, string Text) Describe(string topic, IReadOnlyList<PartitionInfo> partitions)
    {
        var leaderless = partitions.Where(static partition => partition.Leader is null).Select(static p => p.Partition).ToList();
        var behind = partitions.Count(static partition => partition.InSyncReplicas.Count < partition.Replicas.Count);
        var leaders = partitions.Where(static partition => partition.Leader is not null)
            .CountBy(static partition => partition.Leader!.Value)
            .OrderBy(static broker => broker.Key)
            .Select(static broker => $"broker {broker.Key} leads {broker.Value}");
        var text = $"{topic}: {Amounts.Of(partitions.Count, "partition")}; {string.Join(", ", leaders)}"
            + (behind > 0 ? $"; {behind} with replicas out of sync" : string.Empty);
        return leaderless.Count == 0
            ? (true, text)
            : (false, $"{text}; nobody leads {string.Join(", ", leaderless.Take(10))}. "
                + "Their brokers are down: start them, or elect others.");
    }
}
