namespace Rx.Kafka;

/// <summary>How many replicas must have a record before the broker acknowledges it (Kafka key <c>acks</c>).</summary>
public enum RequiredAcks
{
    /// <summary>All in-sync replicas (<c>all</c>, <c>-1</c>).</summary>
    All = -1,

    /// <summary>None: the broker does not answer; a record counts as sent when its bytes left this process (<c>0</c>).</summary>
    None = 0,

    /// <summary>The leader alone (<c>1</c>).</summary>
    Leader = 1,
}
