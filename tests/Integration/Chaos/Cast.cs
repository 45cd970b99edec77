namespace Rx.Kafka.Integration.Chaos;

/// <summary>The producers of a run: some that wait as long as it takes, each with another way of batching and another codec, and one that gives up soon.</summary>
internal sealed class Cast : IAsyncDisposable
{
    private static readonly TimeSpan Forever = TimeSpan.FromMinutes(20);

    public Cast(ProxiedBrokers brokers, SecurityOptions? security, ChaosLog log)
    {
        Patient =
        [
            New("default", static options => options.RequestTimeout = TimeSpan.FromSeconds(3)),
            New("small batches", static options =>
            {
                options.BatchSize = 4096;
                options.Linger = TimeSpan.FromMilliseconds(50);
                options.RequestTimeout = TimeSpan.FromSeconds(2);
                options.MetadataMaxAge = TimeSpan.FromSeconds(3);
                options.Compression = Compression.Lz4;
            }),
            New("tight memory", static options =>
            {
                options.BufferMemory = 512 * 1024;
                options.BatchSize = 8192;
                options.MaxRequestSize = 64 * 1024;
                options.RequestTimeout = TimeSpan.FromSeconds(5);
                options.Compression = Compression.Zstd;
            }),
        ];
        Hurried = New("hurried", static options =>
        {
            options.RequestTimeout = TimeSpan.FromSeconds(1);
            options.DeliveryTimeout = TimeSpan.FromSeconds(2);
            options.MaxBlock = TimeSpan.FromSeconds(1);
        });

        (string, KafkaProducer) New(string name, Action<KafkaProducerOptions> configure)
        {
            var options = new KafkaProducerOptions
            {
                BootstrapServers = brokers.Servers,
                Security = security,
                ClientId = name,
                Transport = brokers.Transport,
                EnableIdempotence = true,
                DeliveryTimeout = Forever,
                MaxBlock = Forever,
                ConnectionSetupTimeout = TimeSpan.FromSeconds(2),
                ConnectionSetupTimeoutMax = TimeSpan.FromSeconds(4),
            };
            configure(options);
            return (name, new KafkaProducer(options, log.Of(name)));
        }
    }

    /// <summary>Whose records must all be acknowledged.</summary>
    public IReadOnlyList<(string Name, KafkaProducer Producer)> Patient { get; }

    /// <summary>Whose records may fail: what it says of them must be right.</summary>
    public (string Name, KafkaProducer Producer) Hurried { get; }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, producer) in Patient.Append(Hurried))
        {
            await producer.DisposeAsync();
        }
    }
}
