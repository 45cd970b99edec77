using Rx.Kafka.Testing.Sasl;
using Rx.Kafka.Testing.Wire;

namespace Rx.Kafka.Testing.Brokers;

/// <summary>What answering a request takes: who answers, what shall go wrong, and where the body is written.</summary>
internal sealed record AnswerContext(Cluster Cluster, Broker Broker, FaultPlan Plan, WireWriter Writer)
{
    /// <summary>Where the connection's authentication stands; null = there is none.</summary>
    public SaslConversation? Sasl { get; init; }
}
