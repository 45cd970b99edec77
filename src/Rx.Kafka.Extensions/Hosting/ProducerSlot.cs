using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rx.Kafka.Hosting;

/// <summary>Where a registered producer is, once somebody has asked the container for it: who only looks does not make one.</summary>
internal sealed class ProducerSlot(IServiceProvider services, string name)
{
    private KafkaProducer? _producer;

    /// <summary>Null: nobody has asked for it yet.</summary>
    public KafkaProducer? Producer => Volatile.Read(ref _producer);

    /// <summary>The producer's name; empty = the unnamed one.</summary>
    public string Name => name;

    /// <summary>How long its dispose may take; before it is made, the default.</summary>
    public TimeSpan CloseTimeout { get; private set; } = new KafkaProducerOptions().CloseTimeout;

    /// <summary>Makes it. Called once, by the container, which disposes it.</summary>
    /// <exception cref="OptionsValidationException">Its options have faults.</exception>
    public KafkaProducer Make()
    {
        var options = services.GetRequiredService<IOptionsMonitor<KafkaProducerOptions>>().Get(name);
        var producer = new KafkaProducer(options, services.GetService<ILoggerFactory>());
        CloseTimeout = options.CloseTimeout;
        Volatile.Write(ref _producer, producer);
        return producer;
    }
}
