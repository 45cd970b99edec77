using Confluent.Kafka;

namespace Rx.Kafka.Tool.Bench;

/// <summary>Confluent.Kafka: <c>Produce</c> with a handler, its fastest way to know of each record.</summary>
internal sealed class ConfluentClient : IBenchClient
{
    private static readonly TimeSpan FullQueueWait = TimeSpan.FromMilliseconds(100);

    private readonly IProducer<Null, byte[]> _producer;
    private readonly Action<DeliveryReport<Null, byte[]>> _decide;
    private readonly string _topic;

    public ConfluentClient(ClientSettings settings, Outcomes outcomes)
    {
        _topic = settings.Topic;
        _decide = report => outcomes.Decide(report.Message.Value, report.Error.IsError ? report.Error.Reason : null);
        _producer = Build(settings.Keys, outcomes.Notice);
    }

    /// <summary>Refuses what librdkafka does not take, before anything is sent.</summary>
    /// <exception cref="UsageException">It does not take a key or a value.</exception>
    public static void Check(IReadOnlyDictionary<string, string> keys)
    {
        try
        {
            Build(keys, static _ => { }).Dispose();
        }
        catch (Exception fault) when (fault is DllNotFoundException or TypeInitializationException)
        {
            throw new UsageException("Confluent.Kafka has no native library for this system. Leave it out: --client ours.", fault);
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or Confluent.Kafka.KafkaException)
        {
            throw new UsageException(
                $"Confluent.Kafka cannot be set up like this: {fault.Message}. Mend it, or leave it out: --client ours.", fault);
        }
    }

    /// <exception cref="InvalidOperationException">The client refuses the record.</exception>
    public void Send(byte[] value)
    {
        var message = new Message<Null, byte[]> { Value = value };
        while (true)
        {
            try
            {
                _producer.Produce(_topic, message, _decide);
                return;
            }
            catch (ProduceException<Null, byte[]> fault) when (fault.Error.Code == ErrorCode.Local_QueueFull)
            {
                _producer.Poll(FullQueueWait); // waits for reports, which make room
            }
            catch (ProduceException<Null, byte[]> fault)
            {
                throw new InvalidOperationException(fault.Error.Reason, fault);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _producer.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IProducer<Null, byte[]> Build(IReadOnlyDictionary<string, string> keys, Action<string> notice) =>
        new ProducerBuilder<Null, byte[]>(keys)
            .SetErrorHandler((_, error) => notice(error.Reason))
            .SetLogHandler(static (_, _) => { }) // else it writes to the terminal
            .Build();
}
