using Rx.Kafka.Options;
using Rx.Kafka.Partitioning;

namespace Rx.Kafka.Properties.Architecture;

/// <summary>Who may use whom inside the producer: the table of docs/design.md §3 as data. Think hard about the layering before you edit it.</summary>
internal static class Layers
{
    private const string Root = "Rx.Kafka.";

    /// <summary>The only types that may use everything, and that nobody below may use.</summary>
    public static IReadOnlySet<string> EntryPoints { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "KafkaProducer", "ProducerCore", "ProducerSink", "TopicSink", "TopicSink`1", "KafkaTopic", "KafkaTransaction", "KafkaObservable", "KafkaAsyncEnumerable",
    };

    /// <summary>Values, options and seams of the root: everybody may use them.</summary>
    public static IReadOnlySet<string> Values { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "Record", "RecordHeader", "RecordHeaders", "RecordMetadata", "Delivery", "Delivery`1", "FailedDelivery`1", "SendResults", "Persistence", "PartitionInfo", "TopicPartitions", "ProducerStatus", "BrokerStatus", "BrokerAddress",
        "KafkaException", "KafkaAuthenticationException", "KafkaProduceException", "SendCanceledException", "ProduceError", "ProduceErrorCode", "RequiredAcks", "Compression", "CompressionType", "ICompressionCodec", "Overflow", "OnFailure",
        "IKafkaProducer", "IPartitioner", "Partitioners", "ITransport", "ProducerRuntime", "IProducerInterceptor",
        "KafkaProducerOptions", "SecurityOptions", "TlsOptions", "SaslOptions", "SaslMechanism", "SaslCredential", "OAuthToken", "OAuthClientCredentials", "IKafkaSerializer`1", "IAsyncKafkaSerializer`1", "SerializationContext", "KafkaSerializers", "Topic`1", "Topic`2", "AsyncTopic`2",
    };

    /// <summary>
    /// What each folder may use besides itself and root values: a folder, a folder's folder, or single types. What is not listed may use nothing.
    /// </summary>
    public static IReadOnlyDictionary<string, string[]> MayUse { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["(root)"] = [
            "Concurrency", "Options", "Protocol.ErrorTable", "Protocol.ErrorInfo", "Protocol.Compression", "Serialization",
            "Partitioning.KeyPartitioner", "Partitioning.Keyless", "Partitioning.KeyHash", "Partitioning.RandomPartitioner", "Partitioning.RoundRobinPartitioner", "Partitioning.Murmur2", "Partitioning.Fnv1a",
        ],
        ["Options"] = ["Network.Security.TlsRules"],
        ["Concurrency"] = [],
        ["Diagnostics"] = ["Options", "Concurrency.SerialWork"],
        ["Protocol"] = [],
        ["Memory"] = ["Concurrency"],
        ["Outcomes"] = ["Concurrency"],
        ["Batching"] = ["Memory", "Outcomes", "Protocol.Records", "Protocol.Compression", "Concurrency", "Diagnostics", "Partitioning.PartitionLoad"],
        ["Network"] = ["Protocol", "Concurrency", "Diagnostics", "Options"],
        ["Control"] = ["Network", "Protocol", "Concurrency", "Diagnostics", "Options"],
        ["Telemetry"] = ["Control", "Network", "Protocol", "Concurrency", "Diagnostics"],
        ["Metadata"] = ["Control", "Network", "Protocol", "Concurrency", "Diagnostics", "Options"],
        ["Partitioning"] =
        [
            "Metadata.ClusterSnapshot", "Metadata.TopicMetadata", "Metadata.PartitionMetadata", "Concurrency",
        ],
        ["Lanes"] = ["Batching", "Memory", "Outcomes", "Control", "Metadata", "Network", "Protocol", "Concurrency", "Diagnostics", "Options"],
        ["Sending"] = ["Lanes", "Batching", "Memory", "Outcomes", "Metadata", "Network", "Partitioning.BrokerStall", "Partitioning.PartitionLoad", "Protocol", "Concurrency", "Diagnostics", "Options"],
        ["Admission"] = ["Partitioning", "Metadata", "Protocol.ErrorCodes", "Batching", "Memory", "Outcomes", "Concurrency", "Diagnostics", "Options"],
        ["Sinks"] =
        [
            "Admission.IRecordAdmission", "Batching.RecordOffer", "Batching.OfferResult", "Batching.WaitingRecord", "Batching.WaitingRecords", "Outcomes", "Concurrency", "Diagnostics",
        ],
        ["Operators"] = ["Sinks", "KafkaProducer", "ProducerCore"],
        ["Serialization"] = [],
    };

    /// <summary>Foreign namespaces (or types) that a folder must not touch; "*" = every folder not named in the exceptions.</summary>
    public static IReadOnlyList<(string Foreign, Func<string, bool> IsForbiddenIn, string Reason)> Foreign { get; } =
    [
        ("System.Reactive", folder => folder is not ("Sinks" or "Operators" or "(entry)"), "Rx stays at the edge"),
        ("System.Threading.Tasks", folder => folder is "Protocol", "the protocol is pure: bytes in, values out"),
        ("System.IO.Pipelines", folder => folder is "Protocol", "the protocol is pure: bytes in, values out"),
        ("System.Net", folder => folder is "Protocol" or "Batching" or "Memory" or "Outcomes" or "Partitioning" or "Concurrency", "only Network and what stands on it knows addresses"),
        ("System.TimeProvider", folder => folder is "Protocol", "no clock in pure code"),
        ("System.Net.Sockets", folder => folder is not "Network", "sockets are behind ITransport"),
        ("Microsoft.Extensions.Logging", folder => folder is "Protocol" or "Partitioning" or "Concurrency" or "(root)", "pure code does not log"),
    ];

    /// <summary>The fault of one use, or null. Both are full names of top-level types.</summary>
    public static string? Fault(string user, string used)
    {
        var folder = FolderOf(user);
        if (!used.StartsWith(Root, StringComparison.Ordinal))
        {
            return Foreign
                .Where(rule => (used.Equals(rule.Foreign, StringComparison.Ordinal) || used.StartsWith(rule.Foreign + ".", StringComparison.Ordinal)) && rule.IsForbiddenIn(folder))
                .Select(rule => $"{user} uses {used}: {rule.Reason}")
                .FirstOrDefault();
        }

        var target = FolderOf(used);
        if (folder == "(entry)" || folder == target || target == "(root)")
        {
            return null;
        }

        var name = used[Root.Length..];
        var allowed = MayUse.GetValueOrDefault(folder, []);
        return allowed.Any(entry => name.Equals(entry, StringComparison.Ordinal) || name.StartsWith(entry + ".", StringComparison.Ordinal))
            ? null
            : $"{user} uses {used}: {folder} may use only {(allowed.Length == 0 ? "root values" : string.Join(", ", allowed))}";
    }

    /// <summary>The folder of a type; a root type is a value or an entry point.</summary>
    public static string FolderOf(string type)
    {
        var name = type[Root.Length..];
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot >= 0 ? name[..dot] : EntryPoints.Contains(name) ? "(entry)" : "(root)";
    }
}
