namespace Rx.Kafka.Testing;

/// <summary>What happens to a connect in a <see cref="VirtualNetwork"/>.</summary>
public enum ConnectBehaviour
{
    /// <summary>It succeeds.</summary>
    Accept,

    /// <summary>It fails at once with "connection refused".</summary>
    Refuse,

    /// <summary>It never ends; only its cancellation does.</summary>
    Hang,

    /// <summary>It succeeds, and all bytes vanish both ways.</summary>
    Swallow,
}
