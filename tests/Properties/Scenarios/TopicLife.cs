using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>What lies on a topic's logs from its making to its deletion, by partition.</summary>
internal sealed record TopicLife(IReadOnlyList<LogRecord>[] Logs, IReadOnlyList<LogBatch>[] Batches);
