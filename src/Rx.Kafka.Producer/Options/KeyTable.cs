using static Rx.Kafka.Options.KeyClient;
using static Rx.Kafka.Options.KeyStatus;

namespace Rx.Kafka.Options;

/// <summary>
/// Every key that a producer's configuration may carry: Java's 4.4, librdkafka's and Confluent.Kafka's 2.16, and what stands beside
/// them in a shared file. Rows of one option come in the order in which they win.
/// </summary>
internal static class KeyTable
{
    private const string Tickets = "tickets are those that the operating system has";
    private const string Renewal = "a token is asked for when a connection is made, and renewed after 80 % of its time";
    private const string InCode = "it is a function in code: SaslOptions.OAuthBearer, or the mechanism's own form with one";
    private const string ForBrokers = "it is for whoever checks tokens";
    private const string Transactions = "transactions are not supported yet";
    private const string Metrics = "metrics are a System.Diagnostics.Metrics meter (docs/diagnostics.md)";
    private const string Logs = "logging is that of the ILoggerFactory that the producer is given";
    private const string Serializers = "serializers are set in code: Topic<TKey, TValue>, or records of bytes and text";
    private const string Registry = "it is read by the serializers of a schema registry";
    private const string Versions = "each broker is asked for its versions";
    private const string Resolving = "names are resolved at each connection attempt, and their addresses tried in turn";
    private const string Reports = "outcomes are told to whoever asks for them";
    private const string Queue = "the queue is bounded in bytes (buffer.memory)";
    private const string Dead = "librdkafka ignores it too";

    public static IReadOnlyList<KeyRow> Rows { get; } =
    [
        // Connections
        .. Of(Both, "bootstrap.servers", "client.id", "security.protocol", "client.dns.lookup"),
        Alias("metadata.broker.list", "bootstrap.servers"),
        .. Without(Librdkafka, Resolving, "broker.address.ttl", "broker.address.family"),
        .. Without(Java, Resolving, "bootstrap.resolve.timeout.ms"),
        .. Of(Both, "socket.connection.setup.timeout.ms", "reconnect.backoff.ms", "reconnect.backoff.max.ms"),
        Own(Both, "connections.max.idle.ms", "0 = at once, as in Java; librdkafka means never by it") with { Remark = KeyConverters.RemarkOnZeroIdle },
        .. Of(Java, "socket.connection.setup.timeout.max.ms", "send.buffer.bytes", "receive.buffer.bytes"),
        Alias("socket.send.buffer.bytes", "send.buffer.bytes"),
        Alias("socket.receive.buffer.bytes", "receive.buffer.bytes"),
        .. Without(Librdkafka, "keep-alives are always on", "socket.keepalive.enable"),
        .. Without(Librdkafka, "Nagle's algorithm is always off", "socket.nagle.disable"),
        .. Without(Librdkafka, "a connection whose request got no answer in time is closed", "socket.max.fails"),
        .. Without(Librdkafka, "answers are bounded by the library", "receive.message.max.bytes"),
        .. Without(Librdkafka, Versions, "api.version.request", "api.version.request.timeout.ms", "api.version.fallback.ms", "broker.version.fallback"),
        .. Without(Librdkafka, Dead, "socket.blocking.max.ms", "reconnect.backoff.jitter.ms", "topic.metadata.refresh.fast.cnt", "produce.offset.report"),

        // Metadata
        .. Of(Both, "metadata.max.age.ms", "metadata.recovery.strategy", "allow.auto.create.topics"),
        .. Of(Java, "metadata.max.idle.ms"),
        Alias("topic.metadata.refresh.interval.ms", "metadata.max.age.ms", "-1 = never", KeyConverters.MinusOneIsForEver),
        .. Without(Both, "the bootstrap servers are asked again as soon as no known broker answers", "metadata.recovery.rebootstrap.trigger.ms"),
        .. Without(Java, "a broker of another cluster is noticed by the metadata that it tells", "metadata.cluster.check.enable"),
        .. Without(Librdkafka, "retry.backoff.ms and retry.backoff.max.ms are the pauses", "topic.metadata.refresh.fast.interval.ms"),
        .. Without(Librdkafka, "only topics in use are asked for", "topic.metadata.refresh.sparse"),
        .. Without(Librdkafka, "an unknown topic is waited for, until max.block.ms", "topic.metadata.propagation.max.ms"),
        .. Refuse(Librdkafka, "topics cannot be forbidden", "topic.blacklist"),

        // Delivery
        .. Of(Both, "enable.idempotence", "retries", "retry.backoff.ms", "retry.backoff.max.ms", "delivery.timeout.ms"),
        Own(Both, "acks", "also None, Leader and All, as Confluent.Kafka names them", KeyConverters.NamesOfAcks),
        Own(Both, "request.timeout.ms", "librdkafka only tells it to brokers"),
        Alias("request.required.acks", "acks", convert: KeyConverters.NamesOfAcks),
        Alias("message.send.max.retries", "retries"),
        Alias("socket.timeout.ms", "request.timeout.ms"),
        Alias("message.timeout.ms", "delivery.timeout.ms", "0 = never", KeyConverters.ZeroIsForEver),
        .. Of(Java, "max.block.ms", "interceptor.classes"),
        .. Of(Librdkafka, "enable.gapless.guarantee", "queuing.strategy"),
        .. Refuse(Both, Transactions, "transactional.id"),
        .. Refuse(Java, Transactions, "transaction.two.phase.commit.enable"),
        .. Without(Both, "only transactions have it", "transaction.timeout.ms"),
        .. Without(Librdkafka, Reports, "delivery.report.only.error"),
        .. Without(Confluent, Reports, "dotnet.producer.enable.background.poll", "dotnet.producer.enable.delivery.reports", "dotnet.producer.delivery.report.fields"),
        .. Without(Confluent, "cancelling is seen at once", "dotnet.cancellation.delay.max.ms"),

        // Batches and memory
        .. Of(Both, "linger.ms", "batch.size", "compression.type", "max.in.flight.requests.per.connection"),
        Alias("queue.buffering.max.ms", "linger.ms"),
        Alias("max.in.flight", "max.in.flight.requests.per.connection"),
        Alias("compression.codec", "compression.type"),
        .. Of(Java, "max.request.size", "buffer.memory"),
        Alias("message.max.bytes", "max.request.size"),
        Alias("queue.buffering.max.kbytes", "buffer.memory", "in KiB", KeyConverters.Kibibytes),
        .. Without(Librdkafka, Queue, "queue.buffering.max.messages", "queue.buffering.backpressure.threshold"),
        .. Without(Java, "memory is always taken as it is filled", "buffer.memory.allocation.strategy"),
        .. Without(Librdkafka, "batches are bounded in bytes (batch.size)", "batch.num.messages"),
        .. Without(Librdkafka, "bytes are copied once, into the batch", "message.copy.max.bytes"),
        .. Of(Java, "compression.gzip.level", "compression.zstd.level"),
        Own(Java, "compression.lz4.level", "9 is the high compressor; in Java the fast one, here 1") with { Remark = KeyConverters.RemarkOnLz4Nine },
        Own(Librdkafka, "compression.level", "the level of one codec wins over it"),

        // Partitions
        .. Of(Java, "partitioner.class", "partitioner.ignore.keys", "partitioner.adaptive.partitioning.enable", "partitioner.availability.timeout.ms"),
        Alias("partitioner", "partitioner.class"),
        .. Of(Java, "partitioner.rack.aware"),
        .. Of(Both, "client.rack"),
        .. Without(Librdkafka, "records without key change the partition after batch.size bytes", "sticky.partitioning.linger.ms"),

        // Logs, metrics, the rest of the process
        .. Without(Java, Metrics, "metric.reporters", "metrics.num.samples", "metrics.recording.level", "metrics.sample.window.ms", "metrics.context.", "auto.include.jmx.reporter"),
        .. Of(Both, "enable.metrics.push"),
        .. Without(Librdkafka, Metrics, "statistics.interval.ms"),
        .. Without(Librdkafka, Logs, "debug", "log_level", "log.queue", "log.thread.name", "log.connection.close"),
        .. Without(Librdkafka, "it is of the native library", "builtin.features", "enable.random.seed", "internal.termination.signal", "enabled_events"),
        .. Refuse(Librdkafka, "native plugins cannot be loaded", "plugin.library.paths"),
        .. Refuse(Java, "values are taken as they are: resolve them first", "config.providers", "config.providers."),
        .. Without(Java, Serializers, "key.serializer", "value.serializer", "serializer.encoding", "key.serializer.encoding", "value.serializer.encoding"),
        .. Without(Both, Registry, "schema.registry.", "basic.auth.", "bearer.auth.", "auto.register.schemas", "use.latest.version", "key.subject.name.strategy", "value.subject.name.strategy"),

        // TLS
        .. Of(Both, "ssl.endpoint.identification.algorithm", "ssl.key.password", "ssl.keystore.location", "ssl.keystore.password"),
        .. Of(Java,
            "ssl.enabled.protocols", "ssl.keystore.certificate.chain", "ssl.keystore.key", "ssl.keystore.type", "ssl.truststore.certificates",
            "ssl.truststore.location", "ssl.truststore.password", "ssl.truststore.type"),
        .. Of(Librdkafka, "ssl.certificate.location", "ssl.key.location", "enable.ssl.certificate.verification"),
        Alias("ssl.ca.location", "ssl.truststore.location", "probe = the system's", KeyConverters.ProbeIsTheSystem),
        Alias("ssl.ca.pem", "ssl.truststore.certificates"),
        Alias("ssl.certificate.pem", "ssl.keystore.certificate.chain"),
        Alias("ssl.key.pem", "ssl.keystore.key"),
        .. Without(Java, "the system chooses between TLS 1.2 and 1.3", "ssl.protocol"),
        .. Without(Java, "it chooses a part of the Java machine", "ssl.keymanager.algorithm", "ssl.provider", "ssl.secure.random.implementation", "ssl.trustmanager.algorithm", "security.providers"),
        .. Refuse(Both, "ciphers are the choice of the system: set its policy", "ssl.cipher.suites"),
        .. Refuse(Librdkafka, "curves and signatures are the choice of the system: set its policy", "ssl.curves.list", "ssl.sigalgs.list"),
        .. Refuse(Java, "TLS can be replaced in code, by KafkaProducerOptions.Transport", "ssl.engine.factory.class"),
        .. Refuse(Librdkafka, "keys of engines and providers of OpenSSL cannot be used; give the key as a file", "ssl.engine.id", "ssl.engine.location", "ssl.providers"),
        .. Refuse(Librdkafka, "revocation is not checked; let certificates live shortly, or take the authority out of ssl.ca.location", "ssl.crl.location"),
        .. Refuse(Librdkafka, "without ssl.ca.location the system's authorities are trusted; leave it out", "ssl.ca.certificate.stores"),
        .. Refuse(Librdkafka, "calls over HTTPS trust the system's authorities: add yours to these", "https.ca.location", "https.ca.pem"),

        // SASL
        .. Of(Both,
            "sasl.mechanism", "sasl.kerberos.service.name", "sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.client.credentials.client.id",
            "sasl.oauthbearer.client.credentials.client.secret", "sasl.oauthbearer.scope"),
        .. Of(Java, "sasl.jaas.config", "sasl.oauthbearer.header.urlencode", "sasl.login.callback.handler.class"),
        .. Of(Librdkafka,
            "sasl.username", "sasl.password", "sasl.oauthbearer.extensions", "sasl.oauthbearer.method", "sasl.oauthbearer.grant.type",
            "sasl.oauthbearer.config", "enable.sasl.oauthbearer.unsecure.jwt"),
        Alias("sasl.mechanisms", "sasl.mechanism"),
        Alias("sasl.oauthbearer.client.id", "sasl.oauthbearer.client.credentials.client.id"),
        Alias("sasl.oauthbearer.client.secret", "sasl.oauthbearer.client.credentials.client.secret"),
        .. Without(Both, Tickets, "sasl.kerberos.kinit.cmd", "sasl.kerberos.min.time.before.relogin"),
        .. Without(Java, Tickets, "sasl.kerberos.ticket.renew.jitter", "sasl.kerberos.ticket.renew.window.factor"),
        .. Refuse(Librdkafka, "tickets are those that the operating system has: kinit -kt KEYTAB PRINCIPAL, or KRB5_CLIENT_KTNAME", "sasl.kerberos.keytab", "sasl.kerberos.principal"),
        .. Without(Java, Renewal,
            "sasl.login.refresh.buffer.seconds", "sasl.login.refresh.min.period.seconds", "sasl.login.refresh.window.factor",
            "sasl.login.refresh.window.jitter"),
        .. Without(Java, "asking for a token is a part of connecting, with its timeout and its pauses",
            "sasl.login.connect.timeout.ms", "sasl.login.read.timeout.ms", "sasl.login.retry.backoff.max.ms", "sasl.login.retry.backoff.ms"),
        .. Refuse(Java, InCode,
            "sasl.client.callback.handler.class", "sasl.login.class", "sasl.oauthbearer.jwt.retriever.class", "sasl.oauthbearer.jwt.validator.class"),
        .. Refuse(Librdkafka, InCode, "sasl.oauthbearer.metadata.authentication.type"),
        .. Refuse(Both, InCode,
            "sasl.oauthbearer.assertion.algorithm", "sasl.oauthbearer.assertion.claim.aud", "sasl.oauthbearer.assertion.claim.exp.seconds",
            "sasl.oauthbearer.assertion.claim.iss", "sasl.oauthbearer.assertion.claim.jti.include", "sasl.oauthbearer.assertion.claim.nbf.seconds",
            "sasl.oauthbearer.assertion.claim.sub", "sasl.oauthbearer.assertion.file", "sasl.oauthbearer.assertion.private.key.file",
            "sasl.oauthbearer.assertion.private.key.passphrase"),
        .. Refuse(Java, InCode, "sasl.oauthbearer.assertion.template.file"),
        .. Refuse(Librdkafka, InCode, "sasl.oauthbearer.assertion.jwt.template.file", "sasl.oauthbearer.assertion.private.key.pem"),
        .. Without(Both, ForBrokers, "sasl.oauthbearer.sub.claim.name"),
        .. Without(Java, ForBrokers,
            "sasl.oauthbearer.clock.skew.seconds", "sasl.oauthbearer.expected.audience", "sasl.oauthbearer.expected.issuer",
            "sasl.oauthbearer.jwks.endpoint.refresh.ms", "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms",
            "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", "sasl.oauthbearer.jwks.endpoint.url", "sasl.oauthbearer.scope.claim.name"),

        // Consumers, in a file that is shared with them
        .. ForConsumers(Both,
            "auto.commit.interval.ms", "auto.offset.reset", "check.crcs", "enable.auto.commit", "fetch.max.bytes", "fetch.min.bytes", "group.id",
            "group.instance.id", "group.protocol", "group.remote.assignor", "heartbeat.interval.ms", "isolation.level", "max.partition.fetch.bytes",
            "max.poll.interval.ms", "max.poll.records", "partition.assignment.strategy", "session.timeout.ms", "share.acknowledgement.mode"),
        .. ForConsumers(Java,
            "default.api.timeout.ms", "exclude.internal.topics", "fetch.max.wait.ms", "key.deserializer", "share.acquire.mode", "value.deserializer",
            "key.deserializer.encoding", "value.deserializer.encoding", "specific.avro.reader"),
        .. ForConsumers(Librdkafka,
            "auto.commit.enable", "consume.callback.max.messages", "coordinator.query.interval.ms", "enable.auto.offset.store", "enable.partition.eof",
            "fetch.error.backoff.ms", "fetch.message.max.bytes", "fetch.queue.backoff.ms", "fetch.wait.max.ms", "group.protocol.type",
            "offset.store.method", "offset.store.path", "offset.store.sync.interval.ms", "queued.max.messages.kbytes", "queued.min.messages"),
        .. ForConsumers(Confluent, "dotnet.consumer.consume.result.fields"),
    ];

    private static IEnumerable<KeyRow> Of(KeyClient client, params string[] keys) => keys.Select(key => Own(client, key, string.Empty));

    private static KeyRow Own(KeyClient client, string key, string note, Func<string, string>? convert = null) =>
        new(key, client, Supported, note) { Option = OptionTable.ByKey[key], Convert = convert ?? (static text => text) };

    private static KeyRow Alias(string key, string option, string note = "", Func<string, string>? convert = null) =>
        new(key, Librdkafka, Supported, note) { Option = OptionTable.ByKey[option], Convert = convert ?? (static text => text) };

    private static IEnumerable<KeyRow> Without(KeyClient client, string why, params string[] keys) => keys.Select(key => new KeyRow(key, client, WithoutEffect, why));

    private static IEnumerable<KeyRow> Refuse(KeyClient client, string why, params string[] keys) => keys.Select(key => new KeyRow(key, client, Refused, why));

    private static IEnumerable<KeyRow> ForConsumers(KeyClient client, params string[] keys) => keys.Select(key => new KeyRow(key, client, Consumer, "for consumers"));
}
