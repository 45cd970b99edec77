using Microsoft.Extensions.Hosting;
using Rx.Kafka;
using Rx.Kafka.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Producers, typed topics and pipelines in a container and its host.</summary>
public static class KafkaServiceCollectionExtensions
{
    /// <summary>
    /// Adds the producer of the application: <see cref="KafkaProducer"/> and <see cref="IKafkaProducer"/>, one for all. It is made when it
    /// is first asked for, logs to the application's loggers, and is disposed with the container; with a host what was accepted is sent
    /// within the host's shutdown timeout. Nobody else disposes it: the interface's dispose does nothing. When the host starts, its options
    /// are checked, and every fault is told at once.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">
    /// Gets the container and the options that were read, and returns those to use: the same, changed, or a copy. Called once, when the
    /// host starts or the producer is made. Default null: the section says all.
    /// </param>
    /// <param name="section">
    /// The section of the configuration that holds the options and nothing else, under the keys that <see
    /// cref="KafkaProducerOptions.FromConfiguration"/> takes. Default null: <c>Kafka:Producer</c>, if there is one.
    /// </param>
    /// <returns>The services.</returns>
    /// <remarks>
    /// More calls add to the first. <c>services.Configure&lt;KafkaProducerOptions&gt;</c> and <c>PostConfigure</c> change the options
    /// after all callbacks; tests use them. A copy by a preset needs the callback.
    /// </remarks>
    public static IServiceCollection AddKafkaProducer(
        this IServiceCollection services,
        Func<IServiceProvider, KafkaProducerOptions, KafkaProducerOptions>? configure = null,
        string? section = null) =>
        Add(services, string.Empty, configure, section);

    /// <inheritdoc
    /// cref="AddKafkaProducer(IServiceCollection, Func{IServiceProvider, KafkaProducerOptions, KafkaProducerOptions}, string)"/>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the options that were read from section <c>Kafka:Producer</c>, if there is one.</param>
    public static IServiceCollection AddKafkaProducer(this IServiceCollection services, Action<KafkaProducerOptions> configure) =>
        Add(services, string.Empty, Returning(configure), section: null);

    /// <summary>
    /// Adds one producer of several, for another cluster or with other options. Its name is its service key
    /// (<c>[FromKeyedServices("audit")] KafkaProducer</c>) and the name of its options.
    /// </summary>
    /// <inheritdoc
    /// cref="AddKafkaProducer(IServiceCollection, Func{IServiceProvider, KafkaProducerOptions, KafkaProducerOptions}, string)"
    /// path="/remarks"/>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The producer's name; case matters.</param>
    /// <param name="configure">
    /// Gets the container and the options that were read, and returns those to use. Default null: the section says all.
    /// </param>
    /// <param name="section">The section of the configuration. Default null: <c>Kafka:Producers:NAME</c>, if there is one.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static IServiceCollection AddKafkaProducer(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, KafkaProducerOptions, KafkaProducerOptions>? configure = null,
        string? section = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Add(services, name, configure, section);
    }

    /// <inheritdoc
    /// cref="AddKafkaProducer(IServiceCollection, string, Func{IServiceProvider, KafkaProducerOptions, KafkaProducerOptions}, string)"/>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The producer's name; case matters.</param>
    /// <param name="configure">Changes the options that were read from section <c>Kafka:Producers:NAME</c>, if there is one.</param>
    public static IServiceCollection AddKafkaProducer(
        this IServiceCollection services, string name, Action<KafkaProducerOptions> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Add(services, name, Returning(configure), section: null);
    }

    /// <summary>
    /// Adds a typed topic: <see cref="Topic{TKey, TValue}"/> and <see cref="TopicProducer{TKey, TValue}"/>, by their types and under the
    /// topic's name as key. When several topics have the same types, only the key tells them apart; asking by type throws then. Of calls
    /// with the same types and name the last one counts, as everywhere in a container: for two producers register one yourself.
    /// </summary>
    /// <typeparam name="TKey">The topic's keys.</typeparam>
    /// <typeparam name="TValue">The topic's values.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="producer">The name of the producer that sends its records. Default null: the unnamed one.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddKafkaTopic<TKey, TValue>(
        this IServiceCollection services, Topic<TKey, TValue> topic, string? producer = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(topic);
        TopicServices.Add(services, topic.Name, _ => topic);
        TopicServices.Add(
            services, topic.Name, provider => new TopicProducer<TKey, TValue>(topic, ProducerServices.Find(provider, producer)));
        return services;
    }

    /// <summary>Adds a typed topic without keys.</summary>
    /// <inheritdoc cref="AddKafkaTopic{TKey, TValue}"/>
    public static IServiceCollection AddKafkaTopic<TValue>(
        this IServiceCollection services, Topic<TValue> topic, string? producer = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(topic);
        TopicServices.Add(services, topic.Name, _ => topic);
        TopicServices.Add(services, topic.Name, provider => new TopicProducer<TValue>(topic, ProducerServices.Find(provider, producer)));
        return services;
    }

    /// <summary>
    /// Adds a stream that runs with the host: when all services have started it is subscribed to, and its records go into a sink of their
    /// own. When the host stops its subscription is disposed, and what was accepted is sent within the host's shutdown timeout, before the
    /// producer is disposed. Any number of pipelines.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="source">
    /// Makes the stream; called once, when the host has started, on a thread of its own, which a source that pushes within Subscribe may
    /// keep. What it throws is the pipeline's failure.
    /// </param>
    /// <param name="options">
    /// Producer, outcomes, what a failure means. Default null: the unnamed producer; a failure stops the host.
    /// </param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddKafkaPipeline(
        this IServiceCollection services, Func<IServiceProvider, IObservable<Record>> source, KafkaPipelineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Add(services, PipelineSources.Of(source), options ?? new KafkaPipelineOptions());
    }

    /// <inheritdoc cref="AddKafkaPipeline(IServiceCollection, Func{IServiceProvider, IObservable{Record}}, KafkaPipelineOptions)"/>
    /// <summary>
    /// Adds a sequence that is pulled while the host runs: the next record is asked for when the one before was taken, and no thread is
    /// blocked. When the host stops its enumerator is cancelled and disposed, and what was accepted is sent within the host's shutdown
    /// timeout, before the producer is disposed. The sequence must heed its token (<c>[EnumeratorCancellation]</c>).
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="source">
    /// Makes the sequence; called once, when the host has started, on the thread pool. What it throws is the pipeline's failure.
    /// </param>
    /// <param name="options">
    /// Producer, outcomes, what a failure means. Default null: the unnamed producer; a failure stops the host.
    /// </param>
    public static IServiceCollection AddKafkaPipeline(
        this IServiceCollection services, Func<IServiceProvider, IAsyncEnumerable<Record>> source, KafkaPipelineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Add(services, PipelineSources.Of(source), options ?? new KafkaPipelineOptions());
    }

    private static Func<IServiceProvider, KafkaProducerOptions, KafkaProducerOptions> Returning(Action<KafkaProducerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return (_, options) =>
        {
            configure(options);
            return options;
        };
    }

    private static IServiceCollection Add(
        IServiceCollection services,
        string name,
        Func<IServiceProvider, KafkaProducerOptions, KafkaProducerOptions>? configure,
        string? section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ProducerServices.Add(services, new ProducerRegistration(name)
        {
            Read = section is null ? null : provider => ProducerSections.Read(provider, section),
            Configure = configure,
        });
        return services;
    }

    private static IServiceCollection Add(IServiceCollection services, PipelineSource source, KafkaPipelineOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        var key = new object();
        var number = services.Count(static service => service.ServiceType == typeof(PipelineRun)) + 1;
        var name = options.Name ?? $"pipeline-{number}";
        services.AddKeyedSingleton(
            key, (provider, _) => new PipelineRun(ProducerServices.Find(provider, options.Producer), options, source, provider));
        services.AddSingleton<IHostedService>(provider => new PipelineService(provider, key, name, options.Failure));
        return services;
    }
}
