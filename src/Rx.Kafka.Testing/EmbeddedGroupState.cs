namespace Rx.Kafka.Testing;

/// <summary>Where a consumer group stands, in Kafka's own terms.</summary>
public enum EmbeddedGroupState
{
    /// <summary>It has no members; its committed offsets stay.</summary>
    Empty,

    /// <summary>Its members are asked to join again.</summary>
    PreparingRebalance,

    /// <summary>All have joined; the leader's assignment is awaited.</summary>
    CompletingRebalance,

    /// <summary>Each member has its assignment.</summary>
    Stable,
}
