namespace Rx.Kafka.Testing.Groups;

/// <summary>
/// Who speaks: a member's id, the name of a static member (<c>group.instance.id</c>; null = dynamic), and the generation it
/// believes in (-1 = none).
/// </summary>
internal readonly record struct Membership(string MemberId, string? InstanceId, int Generation);
