using Rx.Kafka.Options;

namespace Rx.Kafka;

/// <summary>
/// The settings of a <see cref="KafkaProducer"/>, whose constructor validates and copies them; later changes do nothing. Defaults are
/// those of the Java producer 4.3. Durations are whole or fractional milliseconds from zero to <see cref="int.MaxValue"/> ms (24.8 days)
/// unless said otherwise.
/// </summary>
/// <remarks>
/// Two options are equal when all their values are. A copy made by <c>with</c> shares <see cref="BootstrapServers"/> until it is set.
/// Not thread-safe while being changed.
/// </remarks>
public sealed partial record KafkaProducerOptions
{
    // One instance, so that two default options are equal; a runtime cannot be changed.
    private static readonly ProducerRuntime DefaultRuntime = new();

    private BootstrapServerList _bootstrapServers = new([]);
    private TimeSpan? _reconnectBackoff;

    /// <summary>
    /// Where to find the cluster at first (<c>bootstrap.servers</c>): each <c>host:port</c> or <c>SSL://host:port</c> and the like, IPv6 in
    /// brackets, port 1 to 65535; not 0.0.0.0, where servers only listen. Required.
    /// </summary>
    /// <exception cref="ArgumentNullException">The list is null.</exception>
    public IList<string> BootstrapServers
    {
        get => _bootstrapServers;
        set => _bootstrapServers = new BootstrapServerList(value);
    }

    /// <summary>
    /// Names this client in the broker's logs and quotas (<c>client.id</c>); at most 32,767 bytes. Default null: <c>rx-kafka-N</c>, N
    /// counting from 1 in the process.
    /// </summary>
    public string? ClientId { get; set; }

    /// <summary>
    /// How many replicas must have a record before it is acknowledged (<c>acks</c>). Default <see cref="RequiredAcks.All"/>.
    /// </summary>
    public RequiredAcks RequiredAcks { get; set; } = RequiredAcks.All;

    /// <summary>
    /// Whether the broker drops duplicates that retries make (<c>enable.idempotence</c>). It needs <see cref="RequiredAcks"/> All, <see
    /// cref="Retries"/> above 0 and <see cref="MaxInFlightRequestsPerConnection"/> up to 5. Default null: on if these allow it, else
    /// silently off; true demands it, and a conflict is a fault.
    /// </summary>
    public bool? EnableIdempotence { get; set; }

    /// <summary>
    /// The codec of batches (<c>compression.type</c>), or several in the order in which they are tried. Default <see
    /// cref="Compression.None"/>.
    /// </summary>
    public Compression Compression { get; set; } = Compression.None;

    /// <summary>
    /// Bytes after which a batch of one partition is closed (<c>batch.size</c>); from 0, which sends each record alone, to <see
    /// cref="MaxRequestSize"/>. Default 16384. A larger record travels alone.
    /// </summary>
    public int BatchSize { get; set; } = 16384;

    /// <summary>
    /// How long a batch may wait for more records (<c>linger.ms</c>); it may go half a millisecond earlier. Default 5 ms; zero sends as
    /// soon as the broker's loop gets to it. A record whose caller awaits it alone does not wait in vain: see <see cref="AdaptiveLinger"/>.
    /// </summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Whether awaited records skip <see cref="Linger"/> where it gathers nothing. Default true. No Kafka key. After three batches in a row
    /// to one broker that waited their full linger for the only record in them, records that are awaited by <see
    /// cref="KafkaProducer.SendAsync"/> go at once, as long as nothing else is on its way to that broker. So callers that send one record
    /// after the other do not pay for linger. As soon as two overlap, batches gather again. Records that come by <see
    /// cref="KafkaProducer.OnNext"/> or <see cref="KafkaProducer.EnqueueAsync"/> always linger. With false everything does.
    /// </summary>
    public bool AdaptiveLinger { get; set; } = true;

    /// <summary>
    /// Whether each record is a span of its own, from its offer to its outcome, instead of each batch. Default false. No Kafka key. Only
    /// while somebody listens to the <see cref="System.Diagnostics.ActivitySource"/> "Rx.Kafka.Producer"; either way records carry a
    /// <c>traceparent</c> header then. A span costs some microseconds and a kilobyte of garbage, so choose it for few records.
    /// </summary>
    public bool TraceEachRecord { get; set; }

    /// <summary>The most bytes of batches in one request, and of one record (<c>max.request.size</c>); from 1. Default 1048576.</summary>
    public int MaxRequestSize { get; set; } = 1048576;

    /// <summary>
    /// How many requests may wait for their answer on one connection (<c>max.in.flight.requests.per.connection</c>); from 1. Default 5,
    /// the most that idempotence allows.
    /// </summary>
    public int MaxInFlightRequestsPerConnection { get; set; } = 5;

    /// <summary>
    /// Bytes that all unfinished batches may hold (<c>buffer.memory</c>); at least two chunks of <see cref="BatchSize"/> clamped to 4 to
    /// 64 KiB. Default 32 MiB.
    /// </summary>
    public long BufferMemory { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// How many outcomes may be decided but not yet observed before a sink takes no more input; from 1. Default 10,000. No Kafka key.
    /// While observers stand still, one waiting record a second is let in all the same; and where the wait itself holds them (a lock
    /// around <see cref="KafkaProducer.OnNext"/> that an observer wants), up to eight times as many. While <see cref="Interceptors"/> are
    /// so far behind with awaited records, <c>EnqueueAsync</c> and <c>SendAllAsync</c> of a sequence wait after each record, for at most
    /// <see cref="MaxBlock"/>.
    /// </summary>
    public int MaxUnobservedDeliveries { get; set; } = 10_000;

    /// <summary>
    /// How long a record may wait for metadata and memory together (<c>max.block.ms</c>), and how long <see cref="KafkaProducer.OnNext"/>
    /// waits for observers. For awaited records, which block no thread, the time begins again whenever a record that waits with them is
    /// accepted. Default 60 s; zero = nothing waits, what cannot be accepted at once fails.
    /// </summary>
    public TimeSpan MaxBlock { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How often a batch may be sent again (<c>retries</c>); from 0. Default <see cref="int.MaxValue"/>: <see cref="DeliveryTimeout"/> is
    /// the bound.
    /// </summary>
    public int Retries { get; set; } = int.MaxValue;

    /// <summary>The first pause before a retry, doubled each time, with ±20 % jitter (<c>retry.backoff.ms</c>). Default 100 ms.</summary>
    public TimeSpan RetryBackoff { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The longest pause before a retry (<c>retry.backoff.max.ms</c>). Default 1 s; if it is below <see cref="RetryBackoff"/> every pause
    /// is this long.
    /// </summary>
    public TimeSpan RetryBackoffMax { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The first pause before connecting again to a broker, doubled each time, with jitter (<c>reconnect.backoff.ms</c>). Default 50 ms.
    /// </summary>
    public TimeSpan ReconnectBackoff
    {
        get => _reconnectBackoff ?? TimeSpan.FromMilliseconds(50);
        set => _reconnectBackoff = value;
    }

    /// <summary>
    /// The longest pause before connecting again (<c>reconnect.backoff.max.ms</c>). Default null: 1 s, or <see cref="ReconnectBackoff"/>
    /// if only that is set, as in Java.
    /// </summary>
    public TimeSpan? ReconnectBackoffMax { get; set; }

    /// <summary>
    /// How long to wait for the answer to a request (<c>request.timeout.ms</c>); from 1 ms. Default 30 s. Brokers are told it as well.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a record may take from acceptance to its outcome (<c>delivery.timeout.ms</c>); at least <see cref="Linger"/> + <see
    /// cref="RequestTimeout"/>. Default null: 120 s, or that sum if it is more.
    /// </summary>
    public TimeSpan? DeliveryTimeout { get; set; }

    /// <summary>
    /// How long connecting and the handshake may take, doubled after each failure (<c>socket.connection.setup.timeout.ms</c>); from 1 ms.
    /// Default 10 s.
    /// </summary>
    public TimeSpan ConnectionSetupTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest that <see cref="ConnectionSetupTimeout"/> grows to (<c>socket.connection.setup.timeout.max.ms</c>); from 1 ms. Default
    /// 30 s.
    /// </summary>
    public TimeSpan ConnectionSetupTimeoutMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// After how long an unused connection is closed (<c>connections.max.idle.ms</c>); <see cref="Timeout.InfiniteTimeSpan"/> (any
    /// negative value of the key) = never. Default 9 min.
    /// </summary>
    public TimeSpan ConnectionsMaxIdle { get; set; } = TimeSpan.FromMinutes(9);

    /// <summary>
    /// After how long cluster metadata is refreshed without cause (<c>metadata.max.age.ms</c>); from 1 ms. Default 5 min.
    /// </summary>
    public TimeSpan MetadataMaxAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// After how long without records a topic's metadata is forgotten (<c>metadata.max.idle.ms</c>); from 5 s. Default 5 min.
    /// </summary>
    public TimeSpan MetadataMaxIdle { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The socket's send buffer in bytes (<c>send.buffer.bytes</c>); from -1, which leaves it to the operating system, as 0 does. Default
    /// 131072.
    /// </summary>
    public int SendBufferBytes { get; set; } = 131072;

    /// <summary>
    /// The socket's receive buffer in bytes (<c>receive.buffer.bytes</c>); from -1, which leaves it to the operating system, as 0 does.
    /// Default 32768.
    /// </summary>
    public int ReceiveBufferBytes { get; set; } = 32768;

    /// <summary>
    /// Chooses the partition of records that name none (<c>partitioner.class</c>, in code only): one of <see cref="Partitioners"/>, or
    /// your own. Default null: by the key's hash, and without a key sticky (KIP-794). With one <see cref="PartitionerIgnoreKeys"/> does
    /// nothing; what is said of records without a key holds for those that it leaves to the producer (<see cref="TopicPartitions.Any"/>).
    /// </summary>
    public IPartitioner? Partitioner { get; set; }

    /// <summary>Whether records with a key are spread like those without (<c>partitioner.ignore.keys</c>). Default false.</summary>
    public bool PartitionerIgnoreKeys { get; set; }

    /// <summary>
    /// Whether records without a key go more to brokers that answer faster (<c>partitioner.adaptive.partitioning.enable</c>). Default
    /// true.
    /// </summary>
    public bool AdaptivePartitioning { get; set; } = true;

    /// <summary>
    /// After how long a broker that takes nothing gets no more records without a key (<c>partitioner.availability.timeout.ms</c>).
    /// Default zero = never left out. Needs <see cref="AdaptivePartitioning"/>.
    /// </summary>
    public TimeSpan PartitionAvailabilityTimeout { get; set; }

    /// <summary>
    /// Whether records without a key go to partitions whose leader is in <see cref="ClientRack"/>, which it then needs, as long as there is
    /// one (<c>partitioner.rack.aware</c>, KIP-1123). Default false. Others are chosen while no such partition has a leader, while each has
    /// a leader that <see cref="PartitionAvailabilityTimeout"/> leaves out, and for a record for which none of them has memory. So those
    /// partitions carry more than others; records with a key do not follow.
    /// </summary>
    public bool PartitionerRackAware { get; set; }

    /// <summary>
    /// The rack, such as an availability zone, that this client is in (<c>client.rack</c>): what the brokers near it have as
    /// <c>broker.rack</c>, letter for letter. Default null: none. Only <see cref="PartitionerRackAware"/> uses it.
    /// </summary>
    public string? ClientRack { get; set; }

    /// <summary>
    /// How long disposing may wait for what was offered before, on its way or waiting; what is left then fails with <see
    /// cref="ProduceErrorCode.Closed"/>. Default 30 s. No Kafka key.
    /// </summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether an unknown topic may be created by asking for it (<c>allow.auto.create.topics</c>); the broker must allow it too. Default
    /// true.
    /// </summary>
    public bool AllowAutoCreateTopics { get; set; } = true;

    /// <summary>
    /// Whether metrics are pushed to brokers that ask for them (<c>enable.metrics.push</c>, KIP-714). Default true, as in Java. Brokers ask
    /// where their operators have set that up; with others, and with false, nothing is collected and nothing is sent. What is pushed
    /// names topics and brokers, and tells nothing of records.
    /// </summary>
    public bool EnableMetricsPush { get; set; } = true;

    /// <summary>
    /// Who sees every record before it is sent and every outcome first, in this order; without any nothing is paid for them
    /// (<c>interceptor.classes</c>, set in code). Default: none.
    /// </summary>
    public IReadOnlyList<IProducerInterceptor> Interceptors { get; set; } = [];

    /// <summary>
    /// How connections are protected: TLS, SASL (<c>security.protocol</c> and the keys of <c>ssl.</c> and <c>sasl.</c>). Default null:
    /// plain text, no authentication.
    /// </summary>
    public SecurityOptions? Security { get; set; }

    /// <summary>Clock, tasks, chance and blocking; replaced as a whole by a simulation. Default: the system's own. No Kafka key.</summary>
    public ProducerRuntime Runtime { get; set; } = DefaultRuntime;

    /// <summary>Opens connections. Default null: TCP. No Kafka key.</summary>
    public ITransport? Transport { get; set; }

    /// <summary>While keys are read: what those of SASL say. Null before and after.</summary>
    internal SaslDraft? SaslDraft { get; set; }

    /// <summary>Whether <see cref="ReconnectBackoff"/> was set: then Java's rule for its maximum differs.</summary>
    internal bool ReconnectBackoffIsSet => _reconnectBackoff is not null;

    /// <summary>Checks every option and the rules between them. The producer's constructor calls it.</summary>
    /// <exception cref="ArgumentException">At least one fault; the message lists all of them, each with value, limit and
    /// remedy.</exception>
    public void Validate() => OptionRules.ThrowIfAny("The producer's options have", OptionRules.Faults(this));

    /// <summary>
    /// The options that differ from their defaults, under their Kafka keys. Only rows of the option table are shown, and secrets are not
    /// to get one.
    /// </summary>
    /// <returns>One line.</returns>
    public override string ToString() => OptionTable.Describe(this);
}
