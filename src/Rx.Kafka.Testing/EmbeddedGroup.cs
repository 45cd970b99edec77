namespace Rx.Kafka.Testing;

/// <summary>A consumer group as it stood at one moment.</summary>
/// <param name="Name">Its name (<c>group.id</c>).</param>
/// <param name="State">Where it stands.</param>
/// <param name="Generation">How many rebalances were completed so far, those that left it empty included.</param>
/// <param name="Assignor">The assignor that its members agreed on, such as <c>cooperative-sticky</c>; null = it is empty.</param>
/// <param name="Members">The ids of its members, in the order they came; an id begins with the member's client id.</param>
public sealed record EmbeddedGroup(string Name, EmbeddedGroupState State, int Generation, string? Assignor, IReadOnlyList<string> Members);
